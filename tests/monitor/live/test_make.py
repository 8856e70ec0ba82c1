"""The page of a study that is not finished, from the runs and the parts that are there."""

from pathlib import Path

import pandas as pd
import pytest

from asymmetry.monitor.live import make
from asymmetry.monitor.live.make import make_page
from asymmetry.pipeline.stages import Stages
from asymmetry.tables.schemas import write_table
from tests.artifacts.conftest import MakeStages, finish, make_stages

__all__ = ["make_stages"]
IMAGES = ("a", "b", "c")


@pytest.fixture
def stages(make_stages: MakeStages, monkeypatch: pytest.MonkeyPatch) -> Stages:
    """The small study in as many parts as it has runs; no figure is drawn."""
    monkeypatch.setattr(make, "draw", lambda *_: None)
    return make_stages(lambda values: values["execution"].update({"runs_per_job": 1}))


def assess(stages: Stages, run_id: str) -> Path:
    """Put the part of a run's scores where its job would have left it."""
    (part,) = [one for one in stages.assessment.parts if one.runs == (run_id,)]
    rows = [
        {
            **{"run": run_id, "task": "bicubic-x4", "set": "held-out", "image": image},
            **{"metric": "gmsd", "status": "ok", "value": 0.1 + place / 100},
            "convention": stages.plan.convention("gmsd"),
        }
        for place, image in enumerate(IMAGES)
    ]
    write_table(pd.DataFrame(rows), "scores", part.path)
    return part.path


def cells_done(page: Path) -> str:
    text = " ".join((page / "index.html").read_text("utf-8").split())
    return text.partition(" cells done")[0].rpartition(">")[2]


def scored(page: Path) -> set[str]:
    return set(pd.read_parquet(page / "scores.parquet")["run"])


def test_a_page_grows_with_its_study(stages: Stages, tmp_path: Path):
    runs = stages.plan.runs
    make_page(stages, tmp_path / "1")
    assert cells_done(tmp_path / "1") == "0 of 5"
    assert not (tmp_path / "1/scores.parquet").exists()
    for run in (*stages.plan.warm_starts, *runs[:2]):
        finish(run)
        assess(stages, run.id)
    make_page(stages, tmp_path / "2")
    assert cells_done(tmp_path / "2") == "2 of 5"
    assert scored(tmp_path / "2") == {run.id for run in (*stages.plan.warm_starts, *runs[:2])}


def test_nothing_is_written_to_the_results(stages: Stages, tmp_path: Path):
    finish(stages.plan.runs[0])
    part = assess(stages, stages.plan.runs[0].id)
    before = {path for path in stages.results.rglob("*") if path.is_file()}
    make_page(stages, tmp_path / "page")
    assert {path for path in stages.results.rglob("*") if path.is_file()} == before == {part}


def test_what_is_half_written_is_not_there_yet(stages: Stages, tmp_path: Path):
    whole, half = stages.plan.runs[:2]
    for run in (whole, half):
        finish(run)
    assess(stages, whole.id)
    part = assess(stages, half.id)
    part.write_bytes(part.read_bytes()[:-40])
    half.record.write_bytes(half.record.read_bytes()[:50])
    make_page(stages, tmp_path / "page")
    assert cells_done(tmp_path / "page") == "1 of 5"
    assert scored(tmp_path / "page") == {whole.id}


def test_tables_that_came_without_their_parts_are_taken(stages: Stages, tmp_path: Path):
    name = stages.plan.runs[0].id
    part = assess(stages, name)
    part.rename(stages.results / "scores.parquet")
    make_page(stages, tmp_path / "page")
    assert scored(tmp_path / "page") == {name}


def test_commands_name_the_results_and_not_the_folder_of_the_page(stages: Stages, tmp_path: Path):
    make_page(stages, tmp_path / "page")
    text = (tmp_path / "page/index.html").read_text("utf-8")
    assert "--force results/index.html" in text
    assert str(tmp_path) not in text
