"""What the Snakefile calls, with stand-ins for Snakemake's objects."""

import gc
import os
import sys
from collections.abc import Iterator
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import pytest
import yaml
from snakemake.exceptions import WorkflowError
from snakemake.shell import shell

from asymmetry.core.errors import UserError
from asymmetry.pipeline import snakefile
from asymmetry.pipeline.snakefile import begin, open_study
from asymmetry.training.finished import FINISHED
from asymmetry.weights.lock import Lock, LockedFile, read_lock, write_lock

pytestmark = pytest.mark.usefixtures("workplace", "_as_before")


@pytest.fixture
def _as_before() -> Iterator[None]:
    """What is set for a whole process is set back."""
    yield
    gc.enable()
    shell.prefix("")


def workflow(main: bool, cores: int | None = 2) -> SimpleNamespace:
    limits = SimpleNamespace(nodes=None, cores=cores)
    return SimpleNamespace(
        is_main_process=main, overwrite_configfiles=["params.yaml"], resource_settings=limits
    )


def write(values: dict[str, Any]) -> dict[str, Any]:
    Path("params.yaml").write_text(yaml.safe_dump(values))
    return values


def test_a_job_finds_the_pack_of_the_start_without_its_environment(
    study_values: dict[str, Any], monkeypatch: pytest.MonkeyPatch
):
    before = dict(os.environ)
    stages, packs = open_study(workflow(main=True), write(study_values))
    assert [len(pack.runs) for pack in packs] == [2, 3]
    assert dict(os.environ) == before
    for run in stages.plan.runs[:4]:
        run.folder.mkdir(parents=True)
        run.record.touch()
    monkeypatch.setattr(sys, "argv", ["snakemake", "--allowed-rules", packs[1].name])
    _, found = open_study(workflow(main=False), study_values)
    assert found == packs[1:]


def test_the_lock_beside_the_study_goes_to_the_jobs(study_values: dict[str, Any]):
    """Snakemake merges the study from files; jobs read it elsewhere."""
    file = LockedFile("0" * 64, 1, "https://example.org/a.pth", "MIT")
    lock = Lock(Path("params.yaml")).with_part("pyiqa:cnniqa", {"pyiqa/a.pth": file})
    unlocked, _ = open_study(workflow(main=True), write(study_values))
    write_lock(lock)
    stages, _ = open_study(workflow(main=True), study_values)
    assert stages.plan.lock == lock == read_lock(stages.study_file)
    assert stages.study_file != unlocked.study_file
    # A change of some keys, which has no lock of its own.
    Path("change.yaml").write_text("numerics: {threads: 1}")
    both = workflow(main=True)
    both.overwrite_configfiles = ["params.yaml", "change.yaml"]
    assert open_study(both, study_values)[0].plan.lock == lock


def test_a_mistake_ends_the_process_with_a_line(study_values: dict[str, Any]):
    study_values["execution"]["company"] = 2
    with pytest.raises(SystemExit) as caught:
        open_study(workflow(main=True), write(study_values))
    assert caught.value.code == "error: study: execution.company: is now called execution.pack"


class Job(SimpleNamespace):
    """A job of a rule, as the graph of Snakemake holds it."""

    def __init__(self, rule: str, *output: str, forced: bool = False) -> None:
        super().__init__(
            rule=SimpleNamespace(name=rule),
            output=output,
            forced=forced,
            resources={"runtime": 5},
            is_local=rule == "report",
        )


def started(executor: str, *jobs: Job) -> SimpleNamespace:
    dag = SimpleNamespace(needrun_jobs=lambda: jobs, reason=lambda job: job)
    return SimpleNamespace(dag=dag, executor_plugin=SimpleNamespace(name=executor))


def test_what_is_forced_is_forgotten_before_the_first_job():
    for name in ("forced", "missing"):
        Path(name).mkdir()
        (Path(name) / FINISHED).touch()
    gc.disable()
    begin(
        started(
            "local",
            Job("train_cell", "forced/run.json", forced=True),
            Job("train_cell", "missing/run.json"),
        )
    )
    assert gc.isenabled()
    assert not (Path("forced") / FINISHED).exists()
    assert (Path("missing") / FINISHED).exists()


def test_slurm_is_asked_once_for_all_packs(monkeypatch: pytest.MonkeyPatch):
    asked: list[str] = []
    monkeypatch.setattr(snakefile, "check_requests", asked.extend)
    monkeypatch.setattr(snakefile, "left_over_jobs", lambda _folder: [])
    jobs = [Job(f"train_pack_{digit * 12}") for digit in "ab"]
    begin(started("slurm", *jobs, Job("train_cell"), Job("report")))
    assert asked == ["train_pack", "train_cell"]


def test_what_slurm_could_never_start_ends_the_study(monkeypatch: pytest.MonkeyPatch):
    def refuse(_requests: object) -> None:
        raise UserError("SLURM refuses the jobs")

    monkeypatch.setattr(snakefile, "check_requests", refuse)
    with pytest.raises(WorkflowError, match="SLURM refuses the jobs"):
        begin(started("slurm", Job("train_cell")))
