from pathlib import Path

import pytest

from asymmetry.artifacts.find import find_runs, former_runs, run_folders
from asymmetry.core.errors import UserError
from asymmetry.pipeline.stages import Stages
from tests.artifacts.conftest import finish


def test_a_run_is_found_by_id_folder_cell_beginning_or_former_id(stages: Stages):
    run = stages.plan.runs[-1]
    for text in (run.id, f"{run.folder}/", run.cell.name, f"{run.cell.name}-00000000", run.id[:-2]):
        assert find_runs(stages.plan, text) == [run]
    assert len(find_runs(stages.plan, "bicubic-x4/compact-tiny/l1/vgg-patch")) == 2


def test_an_unknown_one_is_a_line(stages: Stages):
    with pytest.raises(UserError, match="no run of this study"):
        find_runs(stages.plan, "bicubic-x5")


def test_former_runs_are_of_the_same_cell(stages: Stages):
    run = stages.plan.runs[-1]
    former = finish(run, Path("runs") / f"{run.cell.name}-00000000")
    finish(run, Path("runs") / f"{run.cell.name}0-00000000")
    assert former_runs(run) == [former]


def test_only_what_is_surely_a_run_is_one(stages: Stages):
    runs = {run.folder for run in stages.plan.by_id.values()}
    for name in ("mine/run.json", "seed0-0123abcd/notes.txt", ".refused/seed0-0123abcd/run.json"):
        path = Path("runs") / name
        path.parent.mkdir(parents=True)
        path.touch()
    assert set(run_folders(Path("runs"))) == runs
