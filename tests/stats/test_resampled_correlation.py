import math

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from scipy import stats

from asymmetry.core.randomness import draws
from asymmetry.stats import resampled_correlation
from asymmetry.stats.intervals import interval
from asymmetry.stats.resampled_correlation import (
    resampled_krcc,
    resampled_plcc,
    resampled_srcc,
)
from asymmetry.stats.resampling import resampled_cluster_counts, resampled_counts


@settings(max_examples=25, deadline=None)
@given(st.integers(0, 10_000), st.integers(3, 30), st.integers(2, 6))
def test_counts_give_what_scipy_gives_on_the_repeated_images(seed: int, n: int, values: int):
    rng = np.random.default_rng(seed)
    x, y = rng.integers(0, values, n).astype(float), rng.standard_normal(n).round(1)
    if np.ptp(x) == 0 or np.ptp(y) == 0:
        return
    counts = resampled_counts(rng, n, 5)
    for resampled, scipy in [
        (resampled_plcc, stats.pearsonr),
        (resampled_srcc, stats.spearmanr),
        (resampled_krcc, stats.kendalltau),
    ]:
        for row, value in zip(counts, resampled(x, y, counts), strict=True):
            a, b = np.repeat(x, row), np.repeat(y, row)
            if np.ptp(a) == 0 or np.ptp(b) == 0:
                assert math.isnan(value)
            else:
                assert value == pytest.approx(scipy(a, b)[0], abs=1e-9)


def test_tau_does_not_depend_on_the_block(monkeypatch):
    rng = np.random.default_rng(0)
    x, y = rng.standard_normal(50), rng.standard_normal(50)
    counts = resampled_counts(rng, 50, 7)
    whole = resampled_krcc(x, y, counts)
    monkeypatch.setattr(resampled_correlation, "_BLOCK", 8)
    np.testing.assert_allclose(resampled_krcc(x, y, counts), whole, atol=1e-12)


def test_a_single_content_gives_no_interval():
    counts = resampled_cluster_counts(draws(0, "test"), ["a"] * 10, 100)
    assert counts.shape == (0, 10)
    values = resampled_srcc(np.arange(10.0), np.arange(10.0), counts)
    assert all(math.isnan(end) for end in interval(values))
