"""Faults of one node, while the others are well: the same bytes, or a line."""

import json
import time
from collections.abc import Callable
from pathlib import Path
from typing import Any

import psutil
import pytest

from asymmetry.monitor.run_state import RunState, state_of
from asymmetry.training.lock import LOCK, WAITING
from tests.slurm.conftest import (
    NODES,
    QUICK,
    Cluster,
    SlurmProject,
    is_over,
    named,
    plan_of,
    slurm_values,
    wait_until,
)
from tests.slurm.night import told_in
from tests.slurm.undisturbed import Undisturbed
from tests.workflow.conftest import new_project

pytestmark = [pytest.mark.slow, pytest.mark.slurm]

OTHER, NODE = NODES  # the second has the fault
STEP = 20  # at which trainings wait for it
CELLS = ("l1/vgg-patch/0.01", "l1/vgg-patch/0.1", "mse/vgg-patch/0.01", "mse/vgg-patch/0.1")


class Study:
    """So many of the study's cells, a job each, and no more than these."""

    def __init__(
        self, folder: Path, undisturbed: Undisturbed, cells: int, **execution: Any
    ) -> None:
        self.values = slurm_values(checkpoint_seconds=0.05, **execution)
        self.runs = named(self.values, *CELLS[:cells])
        self.records = [f"runs/{run}/run.json" for run in self.runs]
        settings = (*QUICK, "--retries", "0")
        self.project = SlurmProject(new_project(folder / "project").folder, settings)
        self.project.write(self.values)
        self.pace, self.log = self.project.pace, self.project.folder / "head.log"
        self.pace.hold(self.runs, STEP)
        self._expected = undisturbed.trained.models()

    def start(self) -> None:
        self._head = self.project.head(self.log.name, *self.records)

    def wait_until(self, happened: Callable[[], Any]) -> None:
        wait_until(happened, self._head, self.log)

    def hold(self) -> None:
        """Wait until every training waits."""
        self.wait_until(lambda: all(map(self.pace.held, self.runs)))

    def end(self) -> int:
        """Let all go on to their end; the exit code."""
        self.pace.go_on(*self.runs)
        return self._head.wait()

    def record(self, run: str) -> dict[str, Any]:
        return json.loads((self.project.folder / "runs" / run / "run.json").read_text())

    def attempts(self) -> list[int]:
        return [self.record(run)["usage"]["attempts"] for run in self.runs]

    def state(self, run: str) -> RunState:
        """How `asymmetry status` sees a training; in the project's folder."""
        return state_of(plan_of(self.values).find(run), time.time())

    def check(self) -> None:
        """All is there, the same bytes as without a fault."""
        assert all((self.project.folder / record).is_file() for record in self.records)
        models = self.project.models()
        assert models == {name: self._expected[name] for name in models}


def fill_disk(cluster: Cluster, folder: Path, aside: Path) -> None:
    """From now on the node finds what is in the folder, and no room for more."""
    upper, work = aside / "upper", aside / "work"
    aside.mkdir()
    cluster.inside(NODE, "mount", "-t", "tmpfs", "-o", "size=16k", "none", str(aside))
    cluster.inside(NODE, "mkdir", str(upper), str(work))
    layers = f"lowerdir={folder},upperdir={upper},workdir={work}"
    cluster.inside(NODE, "mount", "-t", "overlay", "-o", layers, "none", str(folder))


def test_a_disk_that_is_full_on_one_node(
    cluster: Cluster, undisturbed: Undisturbed, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
):
    with cluster.altered(NODE, "unshare", "--mount"):
        study = Study(tmp_path, undisturbed, cells=3)
        undisturbed.give_warm_start(study.project.folder)
        monkeypatch.chdir(study.project.folder)
        study.start()
        study.hold()
        (poor,) = (run for run in study.runs if cluster.node_of(run) == NODE)
        runs = study.project.folder / "runs"
        fill_disk(cluster, runs, tmp_path / "aside")
        training = psutil.Process(study.pace.held(poor))
        study.pace.go_on(poor)
        study.wait_until(lambda: is_over(training))
        assert study.end() != 0
        assert [run for run in study.runs if not (runs / run / "run.json").is_file()] == [poor]
        # This line is all that could be written: its heartbeat says that it goes on.
        state = study.state(poor)
        assert (state.name, state.note) == (
            "failed",
            "error: runs/…/checkpoint.bin: cannot be written, the disk or quota is full; "
            "free some space and start again, what was saved before is kept",
        )

        cluster.inside(NODE, "umount", str(runs))
        again = study.project.snakemake(*study.records)
    assert again.returncode == 0, again.stderr
    study.check()
    assert study.attempts() == [2 if run == poor else 1 for run in study.runs]
    assert study.record(poor)["continued"] > 0


def an_hour_ahead(folder: Path) -> str:
    """The setting of a node for whose jobs the clock is an hour ahead."""
    prolog = folder / "prolog"
    clock = Path(__file__).with_name("an_hour_ahead")
    prolog.write_text(f'#!/bin/sh\necho "export PYTHONPATH={clock}:$PYTHONPATH"\n')
    prolog.chmod(0o755)
    return f"TaskProlog={prolog}\n"


def test_a_clock_an_hour_ahead_on_one_node(
    cluster: Cluster, undisturbed: Undisturbed, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
):
    """By that clock a job of an hour is over before it begins."""
    with cluster.altered(NODE, settings=an_hour_ahead(tmp_path)):
        cluster.set_aside(OTHER)
        an_hour = {"train": {"gpu": 1, "mem_mb": 1000, "runtime": 60}}
        study = Study(tmp_path, undisturbed, cells=3, resources=an_hour)
        monkeypatch.chdir(study.project.folder)
        (warm,) = plan_of(study.values).warm_starts
        study.start()
        study.wait_until(lambda: cluster.node_of(warm.id) == NODE)
        cluster.resume(OTHER)  # whose trainings begin at what comes from the other node
        study.hold()
        early = {run: study.state(run) for run in study.runs if cluster.node_of(run) == NODE}
        assert len(early) == 1
        for run in study.runs:
            state = study.state(run)
            assert state.name == "running"
            assert ("ahead: if it died, that is not seen" in state.note) == (run in early)
        assert study.end() == 0
        study.check()
        assert study.attempts() == [1, 1, 1]
        again = study.project.snakemake(*study.records)
        assert "Nothing to be done" in again.stdout + again.stderr


@pytest.mark.long
def test_a_whole_study_with_a_clock_an_hour_ahead(
    cluster: Cluster, undisturbed: Undisturbed, disk: Path
):
    with cluster.altered(NODE, settings=an_hour_ahead(disk)):
        project = SlurmProject(new_project(disk / "ahead").folder, QUICK)
        project.write(slurm_values())
        done = project.snakemake()
        assert done.returncode == 0, done.stderr
        assert project.results() == undisturbed.finished.results()
        trained = [json.loads(path.read_text()) for path in project.folder.glob("runs/**/run.json")]
        assert {record["usage"]["attempts"] for record in trained} == {1}
        again = project.snakemake()
        assert "Nothing to be done" in again.stdout + again.stderr


def test_a_node_that_comes_back_while_its_jobs_run_elsewhere(
    cluster: Cluster, undisturbed: Undisturbed, tmp_path: Path
):
    """It hangs with two trainings. The file server keeps the lock of one, and not the other's."""
    study = Study(tmp_path, undisturbed, cells=2)
    undisturbed.give_warm_start(study.project.folder)
    study.start()
    study.hold()
    kept, lost = study.runs
    runs = study.project.folder / "runs"
    (node,) = {cluster.node_of(run) for run in study.runs}
    old = {run: psutil.Process(study.pace.held(run)) for run in study.runs}
    for training in old.values():
        training.suspend()
    cluster.kill_node(str(node))
    (runs / lost / LOCK).unlink()

    def run_elsewhere() -> bool:
        cluster.skip_the_wait()
        waits = WAITING in told_in(runs / kept / "train.log")
        return waits and study.pace.held(lost) not in (None, old[lost].pid)

    study.wait_until(run_elsewhere)
    assert study.pace.held(kept) == old[kept].pid, "two trainings in one folder"
    # The one that lost its folder ends by itself, in the log that was its own.
    with Path(f"/proc/{old[lost].pid}/fd/2").open() as log:
        old[lost].resume()
        study.wait_until(lambda: is_over(old[lost]))
        assert "another job has taken this training over" in log.read().splitlines()[-1]
    assert cluster.node_of(lost) != node
    assert not is_over(psutil.Process(study.pace.held(lost)))
    # The one that holds it is ended by SLURM, which finds a job that is not there any more.
    cluster.revive_node(str(node))
    study.wait_until(lambda: is_over(old[kept]))
    study.wait_until(lambda: study.pace.held(kept) not in (None, old[kept].pid))
    assert study.end() == 0
    study.check()
    assert study.attempts() == [2, 2]
    assert study.log.read_text().count("has been submitted") == 2
