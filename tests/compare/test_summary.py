"""The tables of a comparison, of made-up scores of known means."""

import numpy as np
import pandas as pd
import pytest
from scipy import stats

from asymmetry.compare.summary import differences, ranking

METHODS, METRICS, N = ["low", "high", "part"], ["psnr", "gmsd"], 300


@pytest.fixture(scope="module")
def scores() -> pd.DataFrame:
    """`high` has 1 dB more than `low`, on images that differ much more; `part` lacks the first."""
    rng = np.random.default_rng(0)
    level = rng.normal(28, 6, N)
    rows = []
    for method, gain in zip(METHODS, (0.0, 1.0, -1.0), strict=True):
        values = level + gain + rng.normal(0, 0.5, N)
        for metric, sign in (("psnr", 1), ("gmsd", -1)):
            rows += [
                (method, f"i{place:03}", metric, sign * value, "ok")
                for place, value in enumerate(values)
            ]
    table = pd.DataFrame(rows, columns=["method", "image", "metric", "value", "status"])
    absent = (table["method"] == "part") & (table["image"] == "i000")
    table.loc[absent, ["value", "status"]] = [np.nan, "missing image"]
    return table


def test_every_pair_has_its_paired_interval(scores: pd.DataFrame):
    pairs = differences(scores, METHODS, METRICS)
    assert len(pairs) == 2 * 3 * 2
    wide = scores[scores["metric"] == "psnr"].pivot(index="image", columns="method", values="value")
    for one, other in (("high", "low"), ("part", "high")):
        both = wide[[one, other]].dropna()
        expected = stats.ttest_rel(both[one], both[other]).confidence_interval(0.95)
        found = pairs.query("metric == 'psnr' and method == @one and other == @other").iloc[0]
        assert found["images"] == len(both)
        assert found["difference"] == pytest.approx((both[one] - both[other]).mean())
        assert [found["low"], found["high"]] == pytest.approx([*expected], abs=0.01)


def test_the_ranking_begins_with_the_best_in_the_metrics_direction(scores: pd.DataFrame):
    ranked = ranking(scores, differences(scores, METHODS, METRICS), METRICS)
    assert ranked["method"].tolist() == ["high", "low", "part"] * 2
    assert set(ranked["best"]) == {"high"}
    assert ranked["images"].tolist() == [N, N, N - 1] * 2
    psnr, gmsd = (ranked[ranked["metric"] == metric] for metric in METRICS)
    assert (psnr["difference"].iloc[1:] < 0).all()
    assert gmsd["difference"].tolist() == pytest.approx((-psnr["difference"]).tolist())


def test_a_method_without_values_comes_last(scores: pd.DataFrame):
    absent = scores.assign(value=scores["value"].where(scores["method"] != "high"))
    absent.loc[absent["method"] == "high", "status"] = "missing image"
    ranked = ranking(absent, differences(absent, METHODS, METRICS), METRICS)
    assert ranked["method"].tolist() == ["low", "part", "high"] * 2
    last = ranked.iloc[2]
    assert last["images"] == 0
    assert np.isnan([last["mean"], last["difference"], last["low"]]).all()
