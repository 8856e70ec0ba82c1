from pathlib import Path

import numpy as np
import pytest

from asymmetry.custody.adopt import adopt
from asymmetry.custody.keys import keys
from asymmetry.custody.why import why
from asymmetry.fitted import read_fitted, write_fitted
from asymmetry.plan import Plan
from asymmetry.stages import Stages
from asymmetry.study import parse_study
from tests.custody.conftest import finish, flip
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
