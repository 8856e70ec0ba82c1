"""A night of faults ends with the bytes of an undisturbed run."""

import json
import math
import signal
import stat
import subprocess
import time
from pathlib import Path

import psutil
import pytest

from tests.slurm.conftest import Cluster, SlurmProject, command, slurm_values, trainings_in
from tests.slurm.night import HEADING, Night, logged_steps, row
from tests.workflow.conftest import Project, new_project

pytestmark = [pytest.mark.slow, pytest.mark.slurm]

# Calls the real command, but for one training the first time: it ends well and leaves nothing.
LIAR = """#!/bin/sh
if [ "$1 $2" = "train runs/{run}/run.json" ] && mkdir {mark} 2> /dev/null; then exit 0; fi
PATH=${{PATH#*:}} exec asymmetry "$@"
"""


def put_liar(project: SlurmProject, run: str) -> None:
    """An `asymmetry` before the real one in the jobs' PATH."""
    liar = project.folder / "bin/asymmetry"
    liar.parent.mkdir()
    liar.write_text(LIAR.format(run=run, mark=project.folder / "lied"))
    liar.chmod(liar.stat().st_mode | stat.S_IEXEC)
    project.search_first = liar.parent


def give_quota(folder: Path, size: str, *options: str) -> None:
    folder.mkdir(parents=True, exist_ok=True)
    command("mount", "-t", "tmpfs", "-o", ",".join([*options, f"size={size}"]), "none", str(folder))


def kill_head(project: SlurmProject) -> list[psutil.Process]:
    """SIGKILL Snakemake alone while its jobs train; these trainings, stopped.

    Stopped, or on a busy machine they would end before the next start could find them.
    """
    head = project.head("killed.log")
    while not any(map(logged_steps, project.folder.glob("runs/*/*/l1/vit-vanilla/**/train.log"))):
        assert head.poll() is None, (project.folder / "killed.log").read_text()
        time.sleep(0.3)
    head.send_signal(signal.SIGKILL)
    head.wait()
    stopped = list(trainings_in(project.folder))
    for training in stopped:
        training.suspend()
    return stopped


def wait_for(message: str, log: Path, head: subprocess.Popen[bytes]) -> None:
    """Until the head says it; an AssertionError where it ends without."""
    while message not in log.read_text():
        assert head.poll() is None, log.read_text()
        time.sleep(0.3)


def test_a_night_of_faults(
    cluster: Cluster, undisturbed: Project, disk: Path, capsys: pytest.CaptureFixture[str]
):
    models = [path.parent.relative_to("runs") for path in map(Path, undisturbed.models())]
    cells = sorted({str(path) for path in models if "warm-start" not in path.parts})
    poor, *struck = (
        next(cell for cell in cells if part in cell)
        for part in (
            "l1/none",  # among the first, which lose their head
            "mse/vgg-patch/0.1",  # among the last, which do not
            "mse/vit-vanilla/0.01",
            "mse/vit-vanilla/0.1",
        )
    )
    folder = new_project(disk / "night").folder
    quick = ("--resources", "gpu=4", "--slurm-init-seconds-before-status-checks", "3")
    project = SlurmProject(folder, quick)
    project.write(slurm_values())
    give_quota(folder / "runs" / poor, "160k")

    orphans = kill_head(project)
    locked = project.snakemake()
    assert locked.returncode != 0
    assert "--unlock" in locked.stderr
    assert project.snakemake("--unlock").returncode == 0

    night = Night(cluster, project, struck)
    head = project.head("night.log")
    wait_for("jobs of an earlier start", folder / "night.log", head)
    for training in orphans:
        training.resume()
    assert night.watch(head) != 0  # one cell has no room
    assert all(fault.recovered for fault in night.faults)
    missing = [cell for cell in cells if not (folder / "runs" / cell / "run.json").is_file()]
    assert missing == [poor]
    assert "the disk or quota is full" in (folder / "runs" / poor / "train.log").read_text()

    # The lie is told while nothing else happens: another fault to the job would cure it unseen.
    give_quota(folder / "runs" / poor, "64m", "remount")
    put_liar(project, poor)
    last = project.snakemake("--latency-wait", "10")
    assert last.returncode == 0, last.stderr
    assert (folder / "lied").is_dir()
    assert "MissingOutputException" in "".join(
        log.read_text() for log in folder.glob(".snakemake/slurm_logs/**/*.log")
    )
    assert project.results() == undisturbed.results()
    diverged = [
        record
        for path in folder.glob("runs/**/run.json")
        if (record := json.loads(path.read_text()))["status"] == "diverged"
    ]
    assert [record["settings"]["cell"]["adversarial_weight"] for record in diverged] == [1e39]
    with capsys.disabled():
        print(f"\n{HEADING}")
        for fault in night.faults:
            print(fault.row())
        print(row("disk quota, later lifted", attempts(folder, poor), 0, math.nan))
        print(row("exit 0 without output", attempts(folder, poor), 0, lie_cost(folder, poor)))


def attempts(folder: Path, run: str) -> int:
    record = json.loads((folder / "runs" / run / "run.json").read_text())
    return int(record["ledger"]["attempts"])


def lie_cost(folder: Path, run: str) -> float:
    """Seconds from the job that did nothing to the one that trained."""
    path = folder / "runs" / run / "run.json"
    trained = json.loads(path.read_text())["ledger"]["device_seconds"]
    return path.stat().st_mtime - trained - (folder / "lied").stat().st_mtime
