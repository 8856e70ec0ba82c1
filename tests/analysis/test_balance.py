"""The balance of artifacts, from a table of scores by hand."""

import numpy as np
import pandas as pd
import pytest

from asymmetry.analysis.balance import BALANCE, balance
from asymmetry.analysis.judging import judge_cells

SCOPE = ("bicubic-x4", "compact-tiny", "held-out")
# Of the cell with an adversary, by image: what it adds and what it removes.
FOUND = {"a": (0.002, 0.006), "b": (0.003, 0.001), "c": (0.0, 0.0)}


def cells() -> pd.DataFrame:
    """A cell without an adversary, one with, and one with that has no scores beside."""
    rows = [("alone", 0.0), ("game", 0.1), ("other", 0.1)]
    table = pd.DataFrame(rows, columns=["run", "adversarial_weight"])
    return table.assign(fidelity="l1", discriminator="vgg-patch", seed=0, status="done")


def scores() -> pd.DataFrame:
    rows = [
        ("game", image, name, value, "ok")
        for image, pair in FOUND.items()
        for name, value in zip(("artifacts_added", "artifacts_removed"), pair, strict=True)
    ]
    rows += [(run, image, "gmsd", 0.1, "ok") for run in cells()["run"] for image in "abcd"]
    table = pd.DataFrame(rows, columns=["run", "image", "metric", "value", "status"])
    return table.assign(set="held-out")


def test_it_is_the_difference_of_both_over_their_sum():
    found = balance(cells(), scores(), ["a", "b", "c", "d"])
    assert found is not None
    np.testing.assert_allclose(found[1], [0.5, -0.5, 0.0, np.nan])


def test_a_cell_without_an_adversary_is_beside_itself():
    found = balance(cells(), scores(), ["a", "b"])
    assert found is not None
    np.testing.assert_array_equal(found[[0, 2]], [[0, 0], [np.nan, np.nan]])


def test_without_scores_beside_there_is_none():
    assert balance(cells(), scores().query("metric == 'gmsd'"), ["a"]) is None
    assert balance(cells(), scores().assign(status="failed: too small"), ["a"]) is None


@pytest.mark.parametrize("others", [[], ["gmsd"]])
def test_it_is_among_the_judges_as_it_is(others: list[str]):
    """Beside z-scores, on the images that the judges have; alone, on its own."""
    judged = judge_cells(cells(), scores(), SCOPE, [*others, BALANCE])
    assert judged.judges == [*others, BALANCE]
    assert not judged.own_loss.any()
    expected = [0.5, -0.5, 0.0, np.nan] if others else [0.5, -0.5, 0.0]
    np.testing.assert_allclose(judged.z[-1, 1], expected)
