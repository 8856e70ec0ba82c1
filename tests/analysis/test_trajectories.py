"""Curves of hand-made scores: two settings, steps 0, 50 and 100, two images."""

from collections.abc import Mapping

import numpy as np
import pandas as pd
import pytest

from asymmetry.analysis.axes import metrics_of_axes
from asymmetry.analysis.trajectories import COLUMNS, MEAN, curves
from asymmetry.study import Study
from asymmetry.tables.read import Tables
from asymmetry.tables.schemas import COLUMNS as SCHEMAS
from tests.analysis.simulated import tables_of
from tests.synthetic_tables import GENERATOR, SET, TASK, make_study

STEPS = (0, 50, 100)
# A metric's values at each step, of one image or of several.
Way = Mapping[str, list[float | list[float]]]


@pytest.fixture
def study(tmp_path) -> Study:
    return make_study(tmp_path, seeds=(0, 1))


def cell(loss: str, seed: int = 0, status: str = "done") -> dict[str, object]:
    return {
        "run": f"{loss}/seed{seed}", "kind": "cell", "task": TASK, "generator": GENERATOR,
        "fidelity": loss, "discriminator": "none", "adversarial_weight": 0.0, "seed": seed,
        "status": status,
    }  # fmt: skip


def tables(*ways: tuple[dict[str, object], Way]) -> Tables:
    """The tables of cells on their ways; each seed's warm start is the first step of its cells."""
    rows, cells = [], [one for one, _ in ways]
    for one, way in ways:
        start = f"warm/seed{one['seed']}"
        for metric, values in way.items():
            for step, of_step in zip(STEPS, values, strict=False):
                for image, value in enumerate(np.atleast_1d(of_step)):
                    run = one["run"] if step else start
                    status = "ok" if np.isfinite(value) else "failed: not finite"
                    rows.append((step, run, TASK, SET, str(image), metric, "", value, status))
    scores = pd.DataFrame(rows, columns=SCHEMAS["trajectories"]).drop_duplicates(
        ["step", "run", "image", "metric"]
    )
    starts = [
        {"run": f"warm/seed{seed}", "kind": "warm-start", "task": TASK, "generator": GENERATOR,
         "seed": seed, "status": "done"} for seed in (0, 1)
    ]  # fmt: skip
    snapshots = scores["step"] == 50
    return tables_of(
        runs=pd.DataFrame(starts + cells).reindex(columns=SCHEMAS["runs"]),
        scores=scores[~snapshots][SCHEMAS["scores"]],
        trajectories=scores[snapshots],
    )


def curve(found: pd.DataFrame, loss: str, metric: str, axis: str = "distortion") -> pd.DataFrame:
    of_loss = found[(found["fidelity"] == loss) & (found["axis"] == axis)]
    rows = of_loss[of_loss["metric"] == metric]
    assert rows["step"].tolist() == sorted(rows["step"])
    return rows


def best(rows: pd.DataFrame) -> list[float]:
    return rows.loc[rows["best"], "step"].tolist()


def test_the_best_step_is_the_first_of_the_best_whichever_way_is_up(study):
    way = {"psnr_y": [20.0, 22.0, 21.0], "gmsd": [0.3, 0.2, 0.2], "niqe": [5.0, 6.0, 4.0]}
    found = curves(tables((cell("l1"), way)), study)
    assert best(curve(found, "l1", "psnr_y")) == [50]
    assert best(curve(found, "l1", "gmsd")) == [50]
    assert best(curve(found, "l1", "niqe", "perception")) == [100]
    assert curve(found, "l1", "psnr_y")["value"].tolist() == [20, 22, 21]
    start = {"psnr_y": [22.0, 21.0, 21.5]}
    assert best(curve(curves(tables((cell("l1"), start)), study), "l1", "psnr_y")) == [0]


def test_an_axis_is_the_mean_z_score_without_the_cell_s_own_loss(study):
    ways = {"psnr_y": [20.0, 22.0, 21.0], "gmsd": [0.3, 0.1, 0.2]}
    others = {"psnr_y": [20.0, 22.0, 21.0], "gmsd": [0.3, 0.2, 0.1]}
    found = curves(tables((cell("l1"), ways), (cell("gmsd"), others)), study)
    # Both metrics have three values at equal distances, twice: z = -1, 1, 0 over sqrt(2 / 3).
    z = np.array([-1, 1, 0]) * np.sqrt(1.5)
    mean = curve(found, "l1", MEAN)
    assert mean["value"].tolist() == pytest.approx(z)
    assert best(mean) == [50]
    # By its own loss this one would be best at the end.
    assert best(curve(found, "gmsd", "gmsd")) == [100]
    assert curve(found, "gmsd", MEAN)["value"].tolist() == pytest.approx(z)


def test_a_curve_is_over_the_images_and_seeds_that_have_every_step(study):
    first = {"psnr_y": [[20.0, 30.0], [22.0, np.nan], [21.0, 31.0]]}
    second = {"psnr_y": [[24.0, 34.0], [25.0, 35.0], [26.0, 36.0]]}
    found = curves(tables((cell("l1"), first), (cell("l1", seed=1), second)), study)
    rows = curve(found, "l1", "psnr_y")
    assert rows["low"].tolist() == [20, 22, 21]
    assert rows["high"].tolist() == [29, 30, 31]
    assert rows["value"].tolist() == [24.5, 26, 26]
    assert set(rows["seeds"]) == {2}
    # The second seed diverges after the snapshot: what is left is the first alone.
    short = {"psnr_y": second["psnr_y"][:2]}
    broken = cell("l1", seed=1, status="diverged")
    rows = curve(curves(tables((cell("l1"), first), (broken, short)), study), "l1", "psnr_y")
    assert rows["value"].tolist() == [20, 22, 21]
    assert (set(rows["seeds"]), set(rows["status"])) == ({1}, {"done"})


def test_every_setting_is_there_whatever_became_of_it(study):
    way = {"psnr_y": [20.0, 22.0, 21.0]}
    found = curves(
        tables(
            (cell("l1"), way),
            (cell("ssim", status="diverged"), {"psnr_y": [20.0, 23.0]}),
            (cell("vsi", status="missing"), {"psnr_y": [20.0]}),
            (cell("fsim"), {}),
            (cell("gmsd", status="collapsed"), {"psnr_y": [20.0, 21.0]}),
        ),
        study,
    )
    assert list(found.columns) == COLUMNS
    assert curve(found, "ssim", "psnr_y")["value"].tolist() == [20, 23]
    status = found.drop_duplicates("fidelity").set_index("fidelity")["status"].to_dict()
    assert status == {
        "l1": "done",
        "ssim": "diverged",
        "vsi": "missing",
        "fsim": "not assessed",
        "gmsd": "collapsed",
    }
    absent = found[found["fidelity"].isin(["vsi", "fsim"])]
    assert (len(absent), absent["metric"].isna().all(), absent["best"].any()) == (2, True, False)


def test_without_a_snapshot_there_is_no_way(study):
    known = tables((cell("l1"), {"psnr_y": [20.0, 22.0, 21.0]}))
    found = curves(tables_of(runs=known.runs, scores=known.scores), study)
    assert (list(found.columns), len(found)) == (COLUMNS, 0)


def test_psnr_stands_with_the_judges_of_distortion_once(study):
    axes = metrics_of_axes(study)
    assert axes["distortion"] == ["psnr_y", *study.evaluation.distortion]
    assert axes["perception"] == study.evaluation.perception
    judge = study.evaluation.model_copy(update={"distortion": ["psnr_y"], "perception": []})
    assert metrics_of_axes(study.model_copy(update={"evaluation": judge})) == {
        "distortion": ["psnr_y"],
        "perception": [],
    }
