"""A time limit shorter than a training."""

import json
import time
from pathlib import Path

import pytest

from tests.conftest import small_values
from tests.slurm.conftest import Cluster, SlurmProject
from tests.slurm.night import HEADING, row
from tests.workflow.conftest import new_project

pytestmark = [pytest.mark.slow, pytest.mark.slurm]


def long_values() -> dict:
    """A single training of more than three minutes, where SLURM gives one at a time."""
    values = small_values()
    values["grid"] |= {"discriminators": ["vgg-patch"], "adversarial_weights": [0.01]}
    values["training"]["steps"] = 15000
    values["execution"] |= {"log_every": 100, "resources": {"train": {"gpu": 1, "runtime": 1}}}
    return values


def test_a_training_is_continued_until_it_is_done(
    cluster: Cluster, tmp_path: Path, capsys: pytest.CaptureFixture[str]
):
    alone = new_project(tmp_path / "alone")
    alone.write(long_values())
    assert alone.snakemake("train").returncode == 0

    project = SlurmProject(new_project(tmp_path / "limited").folder, ("--retries", "0", "train"))
    project.write(long_values())
    head = project.head("head.log")
    while head.poll() is None:
        cluster.skip_the_wait()
        time.sleep(1)
    assert head.returncode == 0  # without a single retry: SLURM itself puts the job back
    assert project.models() == alone.models()
    (path,) = project.folder.glob("runs/*/*/*/vgg-patch/**/run.json")
    record = json.loads(path.read_text())
    assert record["continued"] >= 3
    spent = record["ledger"]["device_seconds"] - record["seconds"]
    with capsys.disabled():
        name = f"time limit, {record['continued']} continuations"
        print(f"\n{HEADING}\n{row(name, record['ledger']['attempts'], 0, spent)}")
