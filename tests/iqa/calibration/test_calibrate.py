from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd
import pytest
import torch
from PIL import Image

from asymmetry.core.errors import UserError
from asymmetry.core.files import digest
from asymmetry.data.images import to_tensor
from asymmetry.data.iqa_sets.images import IqaImages, load_set
from asymmetry.fidelity.registry import build_fidelity
from asymmetry.iqa.calibration.calibrate import calibrate
from asymmetry.iqa.calibration.split import fitting_contents, fitting_images
from asymmetry.iqa.skill.measure import measure_skill
from asymmetry.planning.plan import Plan
from asymmetry.study import parse_study
from asymmetry.tables.beside import values_path
from asymmetry.weights.channel_weights import read_fitted
from tests.scored_set import CONTENTS, LOSS, calibrated_values, write_scored_set


def planned(values: dict[str, Any]) -> Plan:
    return Plan(parse_study(values, "test"))


@pytest.fixture
def plan(workplace: Path) -> Plan:
    """A plan whose scores mind blur and hardly noise."""
    return planned(calibrated_values(write_scored_set(workplace / "mine")))


def fitted_on(plan: Plan) -> IqaImages:
    section = plan.study.calibration
    return fitting_images(section, load_set(plan.study, section.set, plan.photos))


def plcc(plan: Plan, name: str, images: IqaImages) -> float:
    """The correlation of a loss's distances with how bad the images were found."""
    loss = build_fidelity(name, Path(plan.study.execution.weights), plan.fitted(name))
    with torch.no_grad():
        values = [
            loss(to_tensor(one.pixels()), to_tensor(one.reference())).item()
            for one in images.images
        ]
    return float(np.corrcoef(values, [-one.score for one in images.images])[0, 1])


def test_the_file_says_what_it_was_fitted_to(plan: Plan):
    fit = plan.fits[LOSS]
    calibrate(plan, fit.path)
    alpha, beta, record = read_fitted(fit.path)
    assert alpha.shape == beta.shape == (3 + 16 + 32 + 64 + 64,)
    assert min(alpha.min(), beta.min()) >= 0
    assert alpha.sum() + beta.sum() == pytest.approx(1, abs=1e-6)
    assert digest(record["settings"]) == digest(fit.settings)
    assert record["set"] == "mine"
    assert record["images"] == 3 * 6
    assert set(record["references"]) < set(CONTENTS)
    assert len(record["references"]) == 3


def test_fitted_weights_predict_what_they_were_fitted_to(plan: Plan):
    calibrate(plan, plan.fits[LOSS].path)
    images = fitted_on(plan)
    even, fitted = (plcc(plan, name, images) for name in ("dists-vgg-small-random", LOSS))
    assert fitted > even


def test_a_fit_repeats_to_the_byte_on_any_number_of_cores(
    plan: Plan, monkeypatch: pytest.MonkeyPatch
):
    path, found = plan.fits[LOSS].path, []
    for cores in ("1", "3"):
        monkeypatch.setenv("OMP_NUM_THREADS", cores)
        calibrate(plan, path)
        found.append(path.read_bytes())
        path.unlink()
    assert found[0] == found[1]


def test_a_pair_of_two_sizes_is_one_line(plan: Plan):
    for name in CONTENTS:
        Image.open(Path("mine") / name).resize((30, 30)).save(Path("mine") / name)
    with pytest.raises(UserError, match=r"calibration.set: .* has no reference of its size"):
        calibrate(plan, plan.fits[LOSS].path)


def test_a_loss_whose_weights_are_not_there_names_the_command(plan: Plan):
    with pytest.raises(UserError, match="`asymmetry calibrate --output runs/calibration/"):
        build_fidelity(LOSS, Path("nowhere"), plan.fitted(LOSS))


def test_no_loss_or_metric_is_measured_on_contents_that_fitted_weights(plan: Plan):
    calibrate(plan, plan.fits[LOSS].path)
    measure_skill(plan.study, plan, "mine", Path("skill.parquet"))
    values = pd.read_parquet(values_path(Path("skill.parquet")))
    images = load_set(plan.study, "mine", plan.photos)
    contents = fitting_contents(plan.study.calibration, images)
    assert set(values["metric"]) == {"l1", LOSS, "psnr_y", "gmsd"}
    for _, rows in values.groupby(["metric", "role"]):
        assert set(rows["group"]) == set(CONTENTS) - contents
        assert len(rows) == 3 * 6
    assert set(pd.read_parquet("skill.parquet").query("subset == 'all'")["n"]) == {18}


def test_a_changed_score_of_a_measured_content_changes_no_weight(plan: Plan):
    """What is left for measuring reaches the fit in no way."""
    calibrate(plan, plan.fits[LOSS].path)
    before = read_fitted(plan.fits[LOSS].path)
    number = CONTENTS.index(next(c for c in CONTENTS if c not in before.record["references"]))
    table = Path("mine/scores.csv")
    table.write_text(
        table.read_text()
        .replace(f"b{number}1.png,r{number}.png,", "", 1)
        .replace(f"{4 + 0.01 * number}\n", f"b{number}1.png,r{number}.png,1.25\n", 1)
    )
    again = planned(calibrated_values(table))
    calibrate(again, again.fits[LOSS].path)
    assert again.fits[LOSS].path != plan.fits[LOSS].path
    after = read_fitted(again.fits[LOSS].path)
    assert np.array_equal(after.alpha, before.alpha)
    assert np.array_equal(after.beta, before.beta)


def middles_of(table: Path, side: int) -> Path:
    """A copy of a set in the current folder, of each image the middle; the path of its table."""
    copy = Path("middles") / table.name
    rows = pd.read_csv(table)
    for name in {*rows["dist"], *rows["ref"]}:
        path = copy.parent / name
        path.parent.mkdir(parents=True, exist_ok=True)
        with Image.open(table.parent / name) as image:
            left, top = (image.width - side) // 2, (image.height - side) // 2
            image.crop((left, top, left + side, top + side)).save(path, lossless=True)
    rows.to_csv(copy, index=False)
    return copy


@pytest.mark.slow
@pytest.mark.parametrize(
    ("backbone", "whole"),
    [
        ("vgg-small-random", False),
        pytest.param("vgg-small-random", True, marks=pytest.mark.long),
        pytest.param("squeezenet", True, marks=pytest.mark.long),
    ],
)
def test_people_of_live_are_predicted_no_worse(
    shared: Path, workplace: Path, backbone: str, whole: bool
):
    name = f"dists-{backbone}-calibrated"
    table = shared / "data/live_subset/scores.csv"
    values = calibrated_values(table if whole else middles_of(table, 128))
    values["iqa_sets"]["mine"] |= {
        "image": "dist",
        "reference": "ref",
        "score": "dmos_realigned",
        "higher_is_better": False,
    }
    values["grid"]["fidelity"] = [name]
    values["execution"]["weights"] = str(shared / "weights")
    plan = planned(values)
    calibrate(plan, plan.fits[name].path)
    images = fitted_on(plan)
    assert plcc(plan, name, images) >= plcc(plan, f"dists-{backbone}", images)
