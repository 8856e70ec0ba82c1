"""A night of faults ends with the bytes of an undisturbed run."""

import json
import math
import subprocess
from collections.abc import Iterator, Sequence
from pathlib import Path

import pytest

from tests.slurm.conftest import (
    QUICK,
    Cluster,
    SlurmProject,
    command,
    named,
    plan_of,
    slurm_values,
    wait_until,
)
from tests.slurm.night import HEADING, Night, row
from tests.slurm.undisturbed import Undisturbed
from tests.workflow.conftest import new_project

pytestmark = [pytest.mark.slow, pytest.mark.slurm]

STRUCK = ("mse/vgg-patch/0.1", "mse/vit-vanilla/0.01", "mse/vit-vanilla/0.1")
POOR = "l1/none"


def give_quota(folder: Path, size: str, *options: str) -> None:
    folder.mkdir(parents=True, exist_ok=True)
    command("mount", "-t", "tmpfs", "-o", ",".join([*options, f"size={size}"]), "none", str(folder))


def kill_head(project: SlurmProject, orphans: Sequence[str], *targets: str) -> None:
    """SIGKILL Snakemake alone while its jobs train, these orphans among them."""
    log = project.folder / "killed.log"
    head = project.head(log.name, *targets)
    wait_until(lambda: all(map(project.pace.held, orphans)), head, log)
    head.kill()
    head.wait()


def start_again(project: SlurmProject, orphans: Sequence[str], *targets: str) -> subprocess.Popen:
    """After the lock of the killed head is removed; the orphans are seen, and go on."""
    locked = project.snakemake(*targets)
    assert locked.returncode != 0
    assert "--unlock" in locked.stderr
    assert project.snakemake("--unlock").returncode == 0
    log = project.folder / "night.log"
    head = project.head(log.name, *targets)
    wait_until(lambda: "jobs of an earlier start" in log.read_text(), head, log)
    project.pace.go_on(*orphans)
    return head


def lied(project: SlurmProject, run: str) -> bool:
    """Whether the training's first job left nothing, and was found out."""
    logs = project.folder.glob(".snakemake/slurm_logs/**/*.log")
    found_out = "MissingOutputException" in "".join(log.read_text() for log in logs)
    return project.pace.lied(run) and found_out


def test_a_short_night(
    cluster: Cluster,
    undisturbed: Undisturbed,
    disk: Path,
    capsys: pytest.CaptureFixture[str],
):
    """All faults, each to one of six trainings, and nothing beside these."""
    values = slurm_values(checkpoint_seconds=0.05)
    orphan, liar, poor, *struck = named(values, "l1/vgg-patch/0.01", "mse/none", POOR, *STRUCK)
    project = SlurmProject(
        new_project(disk / "short").folder, (*QUICK, "--retries", "1", "--latency-wait", "5")
    )
    project.write(values)
    undisturbed.give_warm_start(project.folder)
    give_quota(project.folder / "runs" / poor, "160k")
    project.pace.hold([orphan, *struck], 20)
    cells = [f"runs/{run}/run.json" for run in (orphan, *struck, liar, poor)]

    kill_head(project, [orphan], cells[0])
    project.pace.lie(liar)
    head = start_again(project, [orphan], *cells)
    night = Night(cluster, project, struck, first=[liar])
    assert night.watch(head, project.folder / "night.log") != 0  # one cell has no room
    check_night(night, poor)
    assert [cell for cell in cells if not (project.folder / cell).is_file()] == cells[-1:]
    assert lied(project, liar)

    give_quota(project.folder / "runs" / poor, "64m", "remount")
    last = project.snakemake(*cells)
    assert last.returncode == 0, last.stderr
    models, expected = project.models(), undisturbed.trained.models()
    assert models == {name: expected[name] for name in models}
    assert all((project.folder / cell).is_file() for cell in cells)
    tell(capsys, night, poor, liar)


def night_values() -> dict:
    return slurm_values(steps=300, checkpoint_seconds=2)


@pytest.fixture
def whole_night(tmp_path: Path) -> Iterator[Undisturbed]:
    """The study of the night in full, without a fault."""
    study = Undisturbed(tmp_path / "undisturbed", night_values())
    yield study
    study.end()


@pytest.mark.long
def test_a_night_of_faults(
    cluster: Cluster,
    whole_night: Undisturbed,
    disk: Path,
    capsys: pytest.CaptureFixture[str],
):
    """The whole study, its trainings some ten seconds long."""
    values = night_values()
    # Among the first, which lose their head, and among the last, which do not.
    orphans = named(values, "l1/vit-vanilla/0.01", "l1/vit-vanilla/0.1")
    poor, *struck = named(values, POOR, *STRUCK)
    project = SlurmProject(new_project(disk / "night").folder, ("--resources", "gpu=4", *QUICK))
    project.write(values)
    give_quota(project.folder / "runs" / poor, "160k")
    project.pace.hold([*orphans, *struck], 100)

    kill_head(project, orphans)
    head = start_again(project, orphans)
    # A job that its lost node put back already cannot be put back again.
    night = Night(cluster, project, struck, first=struck[:2])
    assert night.watch(head, project.folder / "night.log") != 0  # one cell has no room
    check_night(night, poor)
    cells = [run for run in plan_of(values).runs if "1e+39" not in run.id]
    missing = [run.id for run in cells if not (project.folder / run.record).is_file()]
    assert missing == [poor]

    # The lie is told while nothing else happens: another fault to the job would cure it unseen.
    give_quota(project.folder / "runs" / poor, "64m", "remount")
    project.pace.lie(poor)
    last = project.snakemake("--latency-wait", "10")
    assert last.returncode == 0, last.stderr
    assert lied(project, poor)
    assert project.results() == whole_night.finished.results()
    diverged = [
        record
        for path in project.folder.glob("runs/**/run.json")
        if (record := json.loads(path.read_text()))["status"] == "diverged"
    ]
    assert [record["settings"]["cell"]["adversarial_weight"] for record in diverged] == [1e39]
    tell(capsys, night, poor, poor)


def check_night(night: Night, poor: str) -> None:
    assert all(fault.recovered for fault in night.faults)
    log = night.project.folder / "runs" / poor / "train.log"
    assert "the disk or quota is full" in log.read_text()


def tell(capsys: pytest.CaptureFixture[str], night: Night, poor: str, liar: str) -> None:
    """Print what every fault cost."""
    folder = night.project.folder / "runs"
    with capsys.disabled():
        print(f"\n{HEADING}")
        for fault in night.faults:
            print(fault.row())
        print(row("disk quota, later lifted", attempts(folder / poor), 0, math.nan))
        print(row("exit 0 without output", attempts(folder / liar), 0, lie_cost(night, liar)))


def attempts(run: Path) -> int:
    return int(json.loads((run / "run.json").read_text())["usage"]["attempts"])


def lie_cost(night: Night, run: str) -> float:
    """Seconds from the job that did nothing to the one that trained."""
    path = night.project.folder / "runs" / run / "run.json"
    trained = json.loads(path.read_text())["usage"]["device_seconds"]
    return path.stat().st_mtime - trained - night.project.pace.lied_at(run)
