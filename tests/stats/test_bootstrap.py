import math

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from scipy import stats

from asymmetry.iqa import bootstrap
from asymmetry.stats.bootstrap import (
    interval,
    resampled_counts,
    resampled_krcc,
    resampled_plcc,
    resampled_srcc,
)


@settings(max_examples=25, deadline=None)
@given(st.integers(0, 10_000), st.integers(3, 30), st.integers(2, 6))
def test_counts_give_what_scipy_gives_on_the_repeated_images(seed: int, n: int, values: int):
    rng = np.random.default_rng(seed)
    x, y = rng.integers(0, values, n).astype(float), rng.standard_normal(n).round(1)
    if np.ptp(x) == 0 or np.ptp(y) == 0:
        return
    counts = resampled_counts([str(i) for i in range(n)], 5)
    for resampled, scipy in [
        (resampled_plcc, stats.pearsonr),
        (resampled_srcc, stats.spearmanr),
        (resampled_krcc, stats.kendalltau),
    ]:
        for row, value in zip(counts.astype(int), resampled(x, y, counts), strict=True):
            a, b = np.repeat(x, row), np.repeat(y, row)
            if np.ptp(a) == 0 or np.ptp(b) == 0:
                assert math.isnan(value)
            else:
                assert value == pytest.approx(scipy(a, b)[0], abs=1e-9)


def test_tau_does_not_depend_on_the_block(monkeypatch):
    rng = np.random.default_rng(0)
    x, y = rng.standard_normal(50), rng.standard_normal(50)
    counts = resampled_counts([str(i) for i in range(50)], 7)
    whole = resampled_krcc(x, y, counts)
    monkeypatch.setattr(bootstrap, "_BLOCK", 8)
    np.testing.assert_allclose(resampled_krcc(x, y, counts), whole, atol=1e-12)


def test_contents_are_drawn_whole_in_number():
    groups = ["a"] * 2 + ["b"] * 3 + ["c"] * 5
    counts = resampled_counts(groups, 2000)
    sizes = {"a": 2, "b": 3, "c": 5}
    drawn = np.zeros(len(counts))
    for name, size in sizes.items():
        of_content = counts[:, [group == name for group in groups]].sum(axis=1)
        assert (of_content % size == 0).all()  # a content comes k times, with k times its images
        drawn += of_content / size
    assert (drawn == 3).all()
    # Each content is absent from (2/3)^3 of the resamples.
    assert (counts[:, :2].sum(axis=1) == 0).mean() == pytest.approx((2 / 3) ** 3, abs=0.03)


def test_a_single_content_gives_no_interval():
    counts = resampled_counts(["a"] * 10, 100)
    assert counts.shape == (0, 10)
    values = resampled_srcc(np.arange(10.0), np.arange(10.0), counts)
    assert all(math.isnan(end) for end in interval(values))


def test_resamples_are_counted():
    groups = list("abcdef")
    np.testing.assert_array_equal(resampled_counts(groups, 9), resampled_counts(groups, 9))
    assert (resampled_counts(groups, 9) != resampled_counts(groups, 9, seed=1)).any()


def test_interval_leaves_undefined_resamples_out():
    assert interval(np.array([np.nan, *np.arange(41.0)])) == pytest.approx((1, 39))
