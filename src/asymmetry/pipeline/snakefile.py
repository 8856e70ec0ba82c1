"""What the Snakefile leaves to the package: to read the study, and what one start does once.

A job of a cluster reads the Snakefile again, but is no start.
"""

import gc
import sys
from pathlib import Path
from shlex import quote
from typing import Any

from snakemake.exceptions import WorkflowError
from snakemake.io import IOFile
from snakemake.logging import logger
from snakemake.shell import shell

from asymmetry.core.edits import STUDY_VARIABLE, record_code
from asymmetry.core.errors import UserError
from asymmetry.core.slurm import check_requests, left_over_jobs
from asymmetry.pipeline.made import put_in_order
from asymmetry.pipeline.stages import Stages
from asymmetry.planning.overlaps import folder_overlap_lines
from asymmetry.planning.packs import RULE, PlannedPack, planned_packs, write_packs, written_packs
from asymmetry.planning.plan import Plan
from asymmetry.planning.preflight import check, notes
from asymmetry.planning.run import Run
from asymmetry.study import parse_study
from asymmetry.study.yaml_file import read_yaml
from asymmetry.training.finished import forget, restore_records, taken_over
from asymmetry.weights.lock import lock_path, read_lock

DEFAULT_STUDY = "params.yaml"


def open_study(workflow: Any, config: dict[str, Any]) -> tuple[Stages, list[PlannedPack]]:
    """The stages of the study that Snakemake was given, and the packs of its cells.

    `workflow` and `config` are those of the Snakefile. Where the study cannot be carried out, it
    ends the process with a line for each mistake.
    """
    # Millions of objects are made until the jobs are known, and none is thrown away: collecting
    # garbage would take a fifth of that time. `begin` switches it on again.
    gc.disable()
    try:
        # Snakemake has read these files, but accepts a key that stands there twice.
        files = [Path(file) for file in workflow.overwrite_configfiles or [DEFAULT_STUDY]]
        for file in files:
            read_yaml(file)
        # Of several, each may be a change of those before it: the last one that has a lock.
        lock = read_lock(next((f for f in reversed(files) if lock_path(f).is_file()), files[-1]))
        stages = Stages(Plan(parse_study(config, "study"), lock))
        stages.trained  # noqa: B018 - expands the grid, whose mistakes are the user's too
        packs = _start(stages, workflow) if workflow.is_main_process else _packs_of_job(stages)
    except UserError as error:
        sys.exit(f"error: {error}")  # to an exception, Snakemake would add lines of its own
    # Not a parameter of the rules: a job runs again for what its path says, not for a file's name.
    study_file = quote(str(stages.study_file))
    shell.prefix(f"set -euo pipefail; export {STUDY_VARIABLE}={study_file}; ")
    return stages, packs


def _start(stages: Stages, workflow: Any) -> list[PlannedPack]:
    """Check the study, bring what is there into order, and pack the cells that are to do."""
    study, plan, limits = stages.study, stages.plan, workflow.resource_settings
    # No cores are known, nor needed, where no job will run: `--unlock`, `--report`.
    processes = None if limits.nodes else (limits.cores or 1) // study.numerics.threads
    check(plan, here=processes is not None)
    if restored := restore_records(plan):
        logger.warning(taken_over(restored))
    packs = planned_packs(plan, processes)
    write_packs(packs)
    put_in_order(stages)
    record_code(stages.study_file)
    for line in [*notes(plan), *folder_overlap_lines(study, plan)]:
        logger.warning(line)
    return packs


def _packs_of_job(stages: Stages) -> list[PlannedPack]:
    # While the Snakefile is read, only the command line tells a job the names of its rules.
    return written_packs(stages.plan, sys.argv)


def waits_for(run: Run, workflow: Any) -> list[Path]:
    """What a training waits for, alone.

    In a pack it waited for the warm starts of the others, too. Snakemake would take that for other
    inputs and start a finished run again, so it forgets what it recorded of the pack: the id of a
    run says what that is made of.
    """
    record, memory = IOFile(str(run.record)), workflow.persistence
    recorded = memory.input(record)
    if recorded is not None and recorded != sorted(map(str, run.reads)):
        memory.cleanup_metadata(record)
    return run.reads


def begin(workflow: Any) -> None:
    """Before the first job: forget what is to be made anew, and ask SLURM whether jobs can start.

    Raises WorkflowError where SLURM could never start one.
    """
    gc.enable()
    jobs = list(workflow.dag.needrun_jobs())
    forced = [job for job in jobs if workflow.dag.reason(job).forced]
    forget(file for job in forced for file in job.output)
    if workflow.executor_plugin.name == "slurm":
        _ask_slurm(jobs)


def _ask_slurm(jobs: list[Any]) -> None:
    """Stop before anything is queued that could never start; tell of jobs of an earlier start."""
    requests = {_kind(job.rule.name): job.resources for job in jobs if not job.is_local}
    try:
        check_requests(requests)
    except UserError as error:
        raise WorkflowError(str(error)) from None
    if left := left_over_jobs(Path.cwd()):
        logger.warning(
            f"{len(left)} jobs of an earlier start are still in the queue. Their runs are waited "
            f"for, twice. To end them first, losing nothing: scancel {' '.join(left)}"
        )


def _kind(rule: str) -> str:
    """The name of a rule; one for all packs, which ask for the same."""
    return RULE if rule.startswith(RULE) else rule
