"""What is refused. A real study is published in tests/workflow."""

from pathlib import Path

import pytest

from asymmetry.artifacts.publish import publish
from asymmetry.core.errors import UserError
from asymmetry.pipeline.stages import Stages
from tests.artifacts.conftest import flip

STUDY, FOLDER = Path("params.yaml"), Path("published/mine")


@pytest.fixture(autouse=True)
def study(stages: Stages) -> Stages:
    STUDY.write_text("a study")
    return stages


def refusal(stages: Stages) -> str:
    with pytest.raises(UserError) as error:
        publish(stages, STUDY, FOLDER)
    assert "\n" not in str(error.value)
    return str(error.value)


def test_results_that_are_not_as_they_were_made(study: Stages):
    flip(study.results / "figures/heat_map.svg")
    assert refusal(study).startswith("results: these stages are not made: figures, report; ")
    assert not FOLDER.exists()


def test_a_study_that_is_there(study: Stages):
    table = FOLDER / "tables/scores.parquet"
    table.parent.mkdir(parents=True)
    table.write_text("of another study")
    assert refusal(study).startswith("published/mine/tables: there is one already; ")
    assert [path for path in FOLDER.rglob("*") if path.is_file()] == [table]


def test_a_folder_that_cannot_be_written(study: Stages):
    FOLDER.parent.write_text("a file in its place")
    assert refusal(study).startswith("published/mine/study.yaml: cannot be written ")


def test_what_breaks_off_leaves_nothing_in_the_way(study: Stages):
    FOLDER.mkdir(parents=True)
    (FOLDER / "README.md").write_text("what was found")
    (study.results / "figures/crops.csv").rename("aside")  # between the check and the copying
    study.stamps.by_name.clear()
    with pytest.raises(FileNotFoundError):
        publish(study, STUDY, FOLDER)
    assert {path.name for path in FOLDER.iterdir()} == {"README.md", "study.yaml"}
