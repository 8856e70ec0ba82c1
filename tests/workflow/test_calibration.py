"""A calibrated loss, from human scores to the tables, with Snakemake for real."""

import pytest

from asymmetry.planning.plan import Plan
from asymmetry.study import parse_study
from asymmetry.weights.channel_weights import read_fitted
from tests.scored_set import LOSS, calibrated_values, write_scored_set
from tests.workflow.conftest import Project
from tests.workflow.test_study import jobs

pytestmark = pytest.mark.slow


@pytest.fixture
def calibrated(copy: Project, monkeypatch: pytest.MonkeyPatch) -> Project:
    """The finished study with a calibrated loss more: its warm start and `l1` are there."""
    monkeypatch.chdir(copy.folder)
    write_scored_set(copy.folder / "mine")
    copy.write(calibrated_values())
    return copy


def test_weights_are_fitted_before_the_cells_that_use_them(calibrated: Project):
    plan = Plan(parse_study(calibrated_values(), "test"))
    plan.fits[LOSS].path.parent.mkdir(parents=True)
    plan.fits[LOSS].path.write_bytes(b"half")
    stopped = calibrated.snakemake("train", "--keep-going")
    assert stopped.returncode != 0
    (waiting,) = (run for run in plan.runs if run.fitted)
    assert "is damaged; delete it and start again" in (waiting.folder / "train.log").read_text()
    assert all(run.record.is_file() for run in plan.by_id.values() if run != waiting)

    plan.fits[LOSS].path.unlink()
    done = calibrated.snakemake("train", "skill", "optimisability")
    assert done.returncode == 0, done.stderr
    fitted = read_fitted(plan.fits[LOSS].path).record
    assert all(run.record.is_file() for run in plan.by_id.values())
    skill = calibrated.table("skill").query("set == 'mine' and subset == 'all'")
    assert set(skill["metric"]) == {"l1", LOSS, "psnr_y", "gmsd"}
    assert set(skill["n"]) == {36 - fitted["images"]}
    assert set(calibrated.table("optimisability")["fidelity"]) == {"l1", LOSS}
    again = calibrated.snakemake("train", "skill", "optimisability")
    assert "Nothing to be done" in again.stderr + again.stdout

    table = calibrated.folder / "mine/scores.csv"
    table.write_text(table.read_text().replace("r0.png,4.0", "r0.png,4.5"))
    left = jobs(calibrated.snakemake("-n", "train").stdout)
    assert left == {"calibrate": 1, "train_cell": 1, "train": 1}


def test_a_loss_without_calibration_is_a_line(calibrated: Project):
    calibrated.write(calibrated_values() | {"calibration": None})
    done = calibrated.snakemake("-n")
    assert done.returncode != 0
    assert f"'{LOSS}' needs the section `calibration`" in done.stdout + done.stderr
    assert "Traceback" not in done.stdout + done.stderr
