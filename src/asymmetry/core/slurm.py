"""SLURM as a job and its submitter see it: the job's end, its way back into the queue, its request.

Nothing else in the package knows SLURM. Imports no torch.
"""

import os
import shutil
import subprocess
import time
from collections.abc import Iterable, Mapping
from datetime import datetime
from pathlib import Path
from typing import Any

from asymmetry.core.errors import UserError

CHANGES_NUMBERS = False

JOB_NAME_PREFIX = "asymmetry"  # slurm-jobname-prefix of the profile
PROFILE = "workflow/profiles/slurm/config.yaml"

# The resources of a rule as the executor plugin hands them to sbatch.
_FLAGS = {
    "slurm_partition": "--partition",
    "slurm_account": "--account",
    "qos": "--qos",
    "constraint": "--constraint",
    "gres": "--gres",
    "runtime": "--time",
    "mem_mb": "--mem",
    "cpus_per_task": "--cpus-per-task",
}


def seconds_left() -> float | None:
    """Until SLURM will end this job, by SLURM's clock; None outside SLURM or without a limit.

    The clock of the job's node may be ahead of it, or behind.
    """
    end = _job_end()
    return None if end is None else end - _slurms_time()


def _job_end() -> float | None:
    """When SLURM will end this job, in seconds since 1970."""
    if told := os.environ.get("SLURM_JOB_END_TIME"):  # SLURM 22.05 does not set it yet
        return float(told)
    if not (job := os.environ.get("SLURM_JOB_ID")):
        return None
    asked = _slurm("squeue", "--noheader", "--jobs", job, "--format=%e")
    return _time_in(asked.stdout)  # "N/A" where the partition has no limit


def _slurms_time() -> float:
    """What slurmctld's clock says, in seconds since 1970; where it does not answer, ours."""
    asked = _slurm("scontrol", "show", "config").stdout  # "Configuration data as of <time>", ...
    return _time_in(asked.partition("\n")[0].rpartition(" ")[2]) or time.time()


def _time_in(answer: str) -> float | None:
    """A time as SLURM prints it, in seconds since 1970."""
    try:
        return datetime.fromisoformat(answer.strip()).timestamp()
    except ValueError:
        return None


def put_back() -> bool:
    """Put this SLURM job back into the queue, to be started again; whether SLURM agreed.

    It keeps its id and its limits, so whoever waits for it goes on waiting, and it starts again
    even if nobody does.
    """
    job = os.environ.get("SLURM_JOB_ID")
    return job is not None and _slurm("scontrol", "requeue", job).returncode == 0


def check_requests(requests: Mapping[str, Mapping[str, Any]]) -> None:
    """Ask SLURM, without submitting, whether each rule's resources can ever be granted here.

    Raises UserError, a line for each refusal, or where there is no SLURM.
    """
    if shutil.which("sbatch") is None:
        raise UserError(
            "no SLURM on this machine (sbatch is not found); go to the cluster's login node, "
            "or leave out `--profile slurm`"
        )
    refused: dict[str, list[str]] = {}
    for rule, resources in requests.items():
        request = list(_request(resources))
        if reason := _refusal(request):
            refused.setdefault(reason, []).append(f"{rule} ({' '.join(request)})")
    if refused:
        raise UserError(
            "\n".join(
                f"SLURM refuses the jobs of {', '.join(rules)}: {reason}; "
                f"mend {PROFILE}, or execution.resources of the study"
                for reason, rules in refused.items()
            )
        )


def left_over_jobs(folder: Path) -> list[str]:
    """The ids of this user's jobs that an earlier start of Snakemake in `folder` left behind."""
    listed = _slurm("squeue", "--me", "--noheader", "--format=%i|%j|%Z").stdout.splitlines()
    rows = [line.split("|", 2) for line in listed]
    return [
        job
        for job, name, place in rows
        if name.startswith(JOB_NAME_PREFIX) and place == str(folder)
    ]


def _refusal(request: list[str]) -> str | None:
    """Why SLURM would refuse such a job; None where it would not."""
    answer = _slurm("sbatch", "--test-only", *request, "--wrap=true")
    if answer.returncode == 0:
        return None
    return answer.stderr.strip().splitlines()[-1].removeprefix("allocation failure: ")


def _request(resources: Mapping[str, Any]) -> Iterable[str]:
    for name, flag in _FLAGS.items():
        if value := resources.get(name):
            yield f"{flag}={value}"
    if (model := resources.get("gpu_model")) or resources.get("gpu"):
        count = str(resources.get("gpu", 1))
        yield f"--gpus={model}:{count}" if model else f"--gpus={count}"


def _slurm(*command: str) -> subprocess.CompletedProcess[str]:
    try:
        return subprocess.run(command, capture_output=True, text=True, timeout=60)
    except (OSError, subprocess.TimeoutExpired) as error:
        return subprocess.CompletedProcess(command, 1, "", str(error))
