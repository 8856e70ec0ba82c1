from pathlib import Path

import numpy as np
import pytest

from asymmetry.artifacts.adopt import adopt
from asymmetry.artifacts.keys import keys
from asymmetry.artifacts.prune import remove, unnamed_fits
from asymmetry.artifacts.release import card
from asymmetry.artifacts.verify import sound_record
from asymmetry.artifacts.why import why
from asymmetry.monitor.forecast import print_plan
from asymmetry.pipeline.stages import Stages
from asymmetry.planning.plan import Plan
from asymmetry.study import parse_study
from asymmetry.weights.channel_weights import read_fitted, write_fitted
from tests.artifacts.conftest import finish, flip
from tests.scored_set import LOSS, calibrated_values, write_scored_set


@pytest.fixture
def stages(workplace: Path) -> Stages:
    """The study with a calibrated loss, all of its runs finished and its weights fitted."""
    table = write_scored_set(workplace / "mine")
    stages = Stages(Plan(parse_study(calibrated_values(table), "params.yaml")))
    for run in stages.plan.by_id.values():
        finish(run)
    weights = np.full(4, 0.125, np.float32)
    write_fitted(stages.fitted[0], weights, weights, stages.plan.fits[LOSS].settings, {})
    return stages


def test_what_is_sound_is_kept(stages: Stages):
    assert adopt(stages, None, None, results=False).refused == []
    assert stages.fitted[0].is_file()


def test_damaged_weights_are_set_aside(stages: Stages):
    flip(stages.fitted[0])
    (line,) = adopt(stages, None, None, results=False).refused
    assert f"{stages.fitted[0]}: its weights are not those" in line
    assert not stages.fitted[0].exists()
    assert len(list(Path("runs/.refused/calibration").iterdir())) == 1


def test_weights_come_with_the_runs_of_another_checkout(stages: Stages):
    Path("runs").rename("there")
    found = adopt(stages, Path("there"), None, results=False)
    assert found.refused == []
    assert f"{stages.fitted[0]}: copied from there" in found.lines
    assert read_fitted(stages.fitted[0]).alpha.shape == (4,)


def test_damaged_weights_elsewhere_are_not_taken(stages: Stages):
    flip(stages.fitted[0])
    Path("runs").rename("there")
    assert len(adopt(stages, Path("there"), None, results=False).refused) == 1
    assert not stages.fitted[0].exists()


def test_why_names_the_calibration(stages: Stages):
    (run,) = (run for run in stages.plan.runs if run.fitted)
    lines = "\n".join(why(stages, run.id))
    assert "warm_start, calibration" in lines
    assert "asymmetry.fidelity.calibrated" in lines


def test_the_key_of_the_trainings_names_the_fits(stages: Stages):
    assert keys(stages)["grid"]["calibrations"] == [str(stages.fitted[0])]


def test_weights_that_no_study_names_are_pruned(stages: Stages):
    (fit,) = stages.fitted
    assert unnamed_fits([stages.plan]) == []
    assert stages.study.calibration
    section = stages.study.calibration.model_copy(update={"seed": 1})
    other = Plan(stages.study.model_copy(update={"calibration": section}))
    (one,) = unnamed_fits([other])
    assert (one.path, one.size) == (fit, fit.stat().st_size)
    assert unnamed_fits([other, stages.plan]) == []
    assert remove(one)
    assert not fit.exists()


def test_the_plan_says_which_weights_are_fitted(stages: Stages, capsys: pytest.CaptureFixture[str]):
    print_plan(stages.plan)
    assert f"calibration of {LOSS}: fitted ({stages.fitted[0]})" in capsys.readouterr().out
    stages.fitted[0].unlink()
    print_plan(stages.plan)
    assert f"calibration of {LOSS}: to do" in capsys.readouterr().out


def test_a_model_card_names_the_set_of_the_calibration(stages: Stages):
    facts = {"steps": 1, "parameters": 2, "discriminator_parameters": 0, "commit": "c"}
    cards = {
        run.cell.fidelity: card(stages, run, sound_record(run.folder) | facts, run.folder)
        for run in stages.plan.runs
    }
    fitted = f"{LOSS}; its channel weights were fitted to human scores of `mine`, on 0.5 of"
    assert fitted in cards[LOSS]
    assert "fitted" not in cards["l1"]
