"""A time limit shorter than a training."""

import json
import re
import signal
import sys
import time
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from torch import Tensor

from asymmetry.planning.run import Run
from asymmetry.training.checkpoint import load_checkpoint
from asymmetry.training.deadline import EXIT_CONTINUE, Deadline
from asymmetry.training.heartbeat import Beat, read_beat
from asymmetry.training.logs import TextLog
from asymmetry.training.pack import Pack
from tests.slurm.conftest import (
    Cluster,
    SlurmProject,
    command,
    plan_of,
    slurm_values,
    trainings_in,
    wait_until,
)
from tests.slurm.night import HEADING, row
from tests.slurm.undisturbed import Undisturbed
from tests.workflow.conftest import new_project

pytestmark = [pytest.mark.slow, pytest.mark.slurm]

CELL = "l1/vgg-patch/0.01"
NEVER_DONE = 1_000_000  # steps: a day of them


def limited(folder: Path, minutes: int, **changes: int) -> tuple[SlurmProject, Run]:
    """A project whose trainings get so many minutes at a time, and the run that is looked at."""
    first_poll = ("--slurm-init-seconds-before-status-checks", "20")
    project = SlurmProject(new_project(folder).folder, ("--retries", "0", *first_poll))
    values = slurm_values(
        **changes, log_every=10, resources={"train": {"gpu": 1, "runtime": minutes}}
    )
    project.write(values)
    return project, next(run for run in plan_of(values).runs if CELL in run.id)


@pytest.fixture
def own_signals() -> Iterator[None]:
    """A training in this process hears signals of its own."""
    numbers = (signal.SIGTERM, signal.SIGINT)
    before = [signal.getsignal(number) for number in numbers]
    yield
    for number, handler in zip(numbers, before, strict=True):
        signal.signal(number, handler)


def logs_of(project: SlurmProject, run: Run, log: Path) -> str:
    """What the head, the training and its jobs wrote."""
    jobs = (project.folder / ".snakemake/slurm_logs").rglob("*.log")
    files = [log, project.folder / run.folder / "train.log", *sorted(jobs)]
    return "\n".join(f"{file}\n{file.read_text()}" for file in files if file.is_file())


def submitted(log: Path) -> int:
    """How many jobs Snakemake has put into the queue; those that SLURM puts back are not new."""
    return len(re.findall("has been submitted", log.read_text()))


def test_a_job_knows_when_it_will_end(cluster: Cluster):
    asked = (sys.executable, "-c", "from asymmetry.core.slurm import *; print(seconds_left())")
    assert 0 < float(command("srun", "--time=1", *asked)) <= 60
    assert command("srun", *asked).strip() == "None"


def test_a_training_is_continued_until_it_is_done(
    cluster: Cluster,
    undisturbed: Undisturbed,
    tmp_path: Path,
    capsys: pytest.CaptureFixture[str],
):
    """After 16 steps in a job its minutes are over, as far as the training can see."""
    project, run = limited(tmp_path / "limited", 60)
    undisturbed.give_warm_start(project.folder)
    project.pace.stop_after(16)
    log = project.folder / "head.log"
    head = project.head(log.name, str(run.record))

    def done() -> bool:
        cluster.skip_the_wait()
        return head.poll() is not None

    wait_until(done, head, log, ended=True)
    # Without a retry: SLURM itself puts the job back.
    assert head.returncode == 0, logs_of(project, run, log)
    assert submitted(log) == 1
    models = project.models()
    expected = undisturbed.trained.models()
    assert models == {name: expected[name] for name in models}
    assert sum(run.id in name for name in models) == 2
    record = json.loads((project.folder / run.record).read_text())
    assert record["continued"] == 3
    lost = record["usage"]["device_seconds"] - record["seconds"]
    with capsys.disabled():
        name = f"time limit, {record['continued']} continuations"
        print(f"\n{HEADING}\n{row(name, record['usage']['attempts'], 0, lost)}")


@pytest.mark.long
def test_limits_of_a_minute(
    cluster: Cluster,
    undisturbed: Undisturbed,
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
    own_signals: None,
):
    """A training that never ends is continued three times, then looked at where it is.

    Where this machine takes more than a minute to start a training, it gets two or four.
    """
    for minutes in (1, 2, 4):
        project, run = limited(tmp_path / f"limit-{minutes}", minutes, steps=NEVER_DONE)
        undisturbed.give_warm_start(project.folder)
        if job := continued_three_times(cluster, project, run):
            break
    assert job, "not even four minutes are enough to gain a step"
    command("scancel", job)
    log = project.folder / "head.log"
    while list(trainings_in(project.folder)):
        time.sleep(0.2)
    assert submitted(log) == 1
    monkeypatch.chdir(project.folder)
    header, state = load_checkpoint(run.folder / "checkpoint.bin", run.id)
    assert header.continued > 3

    alone = new_project(tmp_path / "alone").folder
    undisturbed.give_warm_start(alone)
    monkeypatch.chdir(alone)
    assert bytes_of(state) == bytes_of(taken_to(slurm_values(NEVER_DONE), run, header.step))


def continued_three_times(cluster: Cluster, project: SlurmProject, run: Run) -> str | None:
    """The job that does so, as it goes on; None where a job ended before it gained a step."""
    head = project.head("head.log", str(run.record))

    def seen() -> Beat | None:
        cluster.skip_the_wait()
        beat = read_beat(project.folder / run.folder)
        goes_on = beat and beat.continued >= 3 and beat.steps_per_second
        return beat if beat and (goes_on or "without gaining a step" in beat.message) else None

    beat = wait_until(seen, head, project.folder / "head.log")
    return None if beat.state == "failed" else beat.slurm_job


def taken_to(values: dict[str, Any], run: Run, step: int) -> dict[str, Tensor]:
    """The state of a training after so many steps in this process, without a stop before."""

    class Until(Deadline):
        def reached(self, needed: float) -> bool:
            (trainer,) = pack.trainers
            return trainer.state.step == step

    pack = Pack(plan_of(values), [run], {run.id: TextLog(run.folder)})
    assert pack.train(Until(None)) == EXIT_CONTINUE
    header, state = load_checkpoint(run.folder / "checkpoint.bin", run.id)
    assert (header.step, header.continued) == (step, 1)
    return state


def bytes_of(state: dict[str, Tensor]) -> dict[str, bytes]:
    return {name: tensor.numpy().tobytes() for name, tensor in state.items()}
