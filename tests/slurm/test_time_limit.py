"""A time limit shorter than a training."""

import json
import time
from pathlib import Path

import pytest

from tests.conftest import small_values
from tests.slurm.conftest import Cluster, SlurmProject
from tests.slurm.night import HEADING, row
from tests.workflow.conftest import Project, new_project

pytestmark = [pytest.mark.slow, pytest.mark.slurm]


SECONDS = 220  # of training: with SLURM's minute for each start, three continuations and some spare
PILOT_STEPS = 1500


def values_of(steps: int) -> dict:
    """A single training, where SLURM gives it a minute at a time."""
    values = small_values()
    values["grid"] |= {"discriminators": ["vgg-patch"], "adversarial_weights": [0.01]}
    values["training"]["steps"] = steps
    values["execution"] |= {"log_every": 100, "resources": {"train": {"gpu": 1, "runtime": 1}}}
    return values


def trained_alone(folder: Path, steps: int) -> Project:
    project = new_project(folder)
    project.write(values_of(steps))
    assert project.snakemake("train").returncode == 0
    return project


def record_of(project: Project) -> dict:
    (path,) = project.folder.glob("runs/*/*/*/vgg-patch/**/run.json")
    return json.loads(path.read_text())


def test_a_training_is_continued_until_it_is_done(
    cluster: Cluster, tmp_path: Path, capsys: pytest.CaptureFixture[str]
):
    pilot = record_of(trained_alone(tmp_path / "pilot", PILOT_STEPS))
    steps = round(SECONDS * PILOT_STEPS / pilot["seconds"])
    alone = trained_alone(tmp_path / "alone", steps)

    project = SlurmProject(new_project(tmp_path / "limited").folder, ("--retries", "0", "train"))
    project.write(values_of(steps))
    head = project.head("head.log")
    while head.poll() is None:
        cluster.skip_the_wait()
        time.sleep(1)
    assert head.returncode == 0  # without a single retry: SLURM itself puts the job back
    assert project.models() == alone.models()
    record = record_of(project)
    assert record["continued"] >= 3
    spent = record["ledger"]["device_seconds"] - record["seconds"]
    with capsys.disabled():
        name = f"time limit, {record['continued']} continuations"
        print(f"\n{HEADING}\n{row(name, record['ledger']['attempts'], 0, spent)}")
