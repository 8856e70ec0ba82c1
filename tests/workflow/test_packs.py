"""Snakemake with `execution.pack`, run for real on the small study."""

import re
import shutil
from pathlib import Path
from typing import Any

import pytest

from asymmetry.planning.plan import Plan
from asymmetry.study import read_study
from tests.conftest import small_values
from tests.workflow.conftest import Project, new_project

pytestmark = pytest.mark.slow


def write(project: Project, size: int | str, **grid: Any) -> Plan:
    values = small_values()
    values["grid"] |= grid
    values["execution"]["pack"] = size
    project.write(values)
    return Plan(read_study(project.folder / "params.yaml"))


def to_do(project: Project, target: str = "all") -> list[str]:
    """The rules of the jobs that there are to do, without the digits of packs."""
    said = project.snakemake(target, "-n").stdout
    rows = re.findall(r"^([a-z]+_\w+) +(\d+)$", said.split("Job stats:")[-1], flags=re.MULTILINE)
    return sorted(
        re.sub(r"_[0-9a-f]{12}$", "", rule) for rule, count in rows for _ in range(int(count))
    )


def test_single_cells_make_what_packs_make(copy: Project, finished: Project):
    """The finished study was made in packs: `auto`, on two cores."""
    logs = finished.folder.glob("results/logs/train_pack_*.log")
    assert len(list(logs)) == 2
    write(copy, 1)
    copy.lose("runs/*/*/l1/v*/0.01")
    assert to_do(copy, "train") == ["train_cell", "train_cell"]
    assert copy.snakemake("train").returncode == 0
    assert copy.models() == finished.models()


@pytest.mark.long
def test_packs_of_three_make_what_single_cells_make(project: Project, tmp_path: Path):
    """Each study from nothing to its page."""
    write(project, 3)
    alone = new_project(tmp_path / "alone")
    write(alone, 1)
    for one in (project, alone):
        done = one.snakemake()
        assert done.returncode == 0, done.stderr
    assert project.models() == alone.models()
    assert project.results() == alone.results()
    assert len(list(project.folder.glob("results/logs/train_pack_*.log"))) == 2
    assert not list(alone.folder.glob("results/logs/train_pack_*.log"))
    for size in (1, 2, 5, 3):
        write(project, size)
        assert "Nothing to be done" in project.snakemake("-n").stdout


def test_cells_of_a_pack_that_waited_for_different_warm_starts_are_finished(project: Project):
    values = small_values()
    values["discriminator_warm_start"] = {"steps": 1}
    values["execution"]["pack"] = 4
    project.write(values)
    assert project.snakemake("train").returncode == 0
    assert list(project.folder.glob("results/logs/train_pack_*.log"))
    assert "Nothing to be done" in project.snakemake("train", "-n").stdout


def test_what_single_cells_made_is_not_made_again_in_a_pack(copy: Project):
    write(copy, 4)
    assert "Nothing to be done" in copy.snakemake("-n").stdout
    plan = write(copy, 4, adversarial_weights=[0, 0.01, 0.1, 0.3])
    new = [run for run in plan.runs if run.cell.adversarial_weight == 0.3]
    assert to_do(copy, "train") == ["train_pack"]
    shutil.copytree(copy.folder / plan.runs[0].folder, copy.folder / new[0].folder)
    assert to_do(copy, "train") == ["train_cell"]  # one is left, alone


def test_a_member_that_fails_costs_the_others_nothing(copy: Project, finished: Project):
    plan = write(copy, 5)
    copy.lose("runs/*/*/l1/*/0.1", "runs/*/*/l1/none")
    broken, *others = [run for run in plan.runs if not (copy.folder / run.record).is_file()]
    bad = copy.folder / broken.folder / "checkpoint.bin"
    bad.parent.mkdir(parents=True)
    bad.write_bytes(b"asymmetry checkpoint 1\nhalf")
    copy.lose("results/logs/train_pack_*.log")
    assert copy.snakemake("--keep-going", "train").returncode != 0
    assert all((copy.folder / run.record).is_file() for run in others)
    assert not (copy.folder / broken.record).exists()
    (log,) = copy.folder.glob("results/logs/train_pack_*.log")
    assert re.fullmatch(r"error: .* is truncated or damaged .*\n", log.read_text())
    assert "is truncated or damaged" in (bad.parent / "train.log").read_text()

    # As a killed start leaves it, which had no time to restore them.
    for run in others:
        (copy.folder / run.record).unlink()
    bad.unlink()
    assert to_do(copy, "train") == ["train_cell"]
    assert copy.snakemake("train").returncode == 0
    assert copy.models() == finished.models()


def test_a_job_of_a_cluster_finds_the_pack_that_the_start_planned(copy: Project, finished: Project):
    """Snakemake as a job starts it again on a node, after a cell of the pack has been finished."""
    plan = write(copy, 5)
    copy.lose("runs/*/*/l1/*/0.1", ".asymmetry/packs")
    first, second = (run for run in plan.runs if not (copy.folder / run.record).is_file())
    said = copy.snakemake("train", "-n").stdout
    (name,) = set(re.findall(r"train_pack_\w+", said))
    shutil.copytree(finished.folder / first.folder, copy.folder / first.folder)
    job = copy.snakemake(
        "--mode", "remote", "--target-jobs", f"{name}:", "--allowed-rules", name, "--force"
    )
    assert job.returncode == 0, job.stderr
    assert all((copy.folder / run.record).is_file() for run in (first, second))
    assert copy.models() == finished.models()
