import math

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from scipy import optimize, stats

from asymmetry.stats import correlation
from asymmetry.stats.correlation import (
    STATISTICS,
    FitError,
    correlate,
    fisher_z,
    krcc,
    logistic_map,
    plcc,
    plcc_logistic,
    srcc,
)

FUNCTIONS = [srcc, plcc, plcc_logistic, krcc]


def _logistic_data(noise: float, n: int = 200):
    rng = np.random.default_rng(1)
    x = rng.uniform(10, 50, n)
    return x, 100 / (1 + np.exp(-(x - 30) / 4)) + noise * rng.standard_normal(n)


def test_closed_forms():
    x, y = np.array([1.0, 2, 3, 4, 5]), np.array([1.0, 3, 2, 5, 4])
    assert srcc(x, y) == pytest.approx(1 - 6 * 4 / (5 * 24))
    assert krcc(x, y) == pytest.approx((8 - 2) / 10)
    assert plcc(x, y) == pytest.approx(0.8)


def test_tau_b_with_ties_as_published():
    # Kendall (1970), two rankings with ties: C = 4, D = 0, of 6 pairs 1 tied in x and 2 in y.
    x, y = np.array([1.0, 2, 2, 3]), np.array([1.0, 1, 2, 2])
    assert krcc(x, y) == pytest.approx(3 / math.sqrt(5 * 4))


def test_the_logistic_is_recovered():
    x, y = _logistic_data(noise=0)
    assert plcc(x, y) < 0.99
    assert plcc_logistic(x, y) == pytest.approx(1, abs=1e-6)
    x, y = _logistic_data(noise=10)
    true = 100 / (1 + np.exp(-(x - 30) / 4))
    assert plcc_logistic(x, y) == pytest.approx(plcc(true, y), abs=0.003)
    assert plcc_logistic(x, y) >= plcc(true, y)


def test_a_line_is_a_logistic_of_great_width():
    x = np.linspace(0, 1, 40)
    assert plcc_logistic(x, 3 * x - 1) == pytest.approx(1, abs=1e-6)


def test_the_fitted_map_keeps_the_order_even_of_a_wrong_metric():
    x, y = _logistic_data(noise=10)
    for scores in (y, -y):
        assert (np.diff(logistic_map(x, scores)[np.argsort(x)]) >= 0).all()


@settings(max_examples=30, deadline=None)
@given(st.integers(0, 10_000), st.integers(6, 40), st.floats(-3, 3))
def test_signs_are_kept(seed: int, n: int, slope: float):
    rng = np.random.default_rng(seed)
    x = rng.standard_normal(n)
    y = slope * x + rng.standard_normal(n)
    for function in FUNCTIONS:
        value = function(x, y)
        assert -1 <= value <= 1 + 1e-12
        assert function(x, -y) == pytest.approx(-value, abs=1e-4)
    assert srcc(np.exp(x), y) == pytest.approx(srcc(x, y))


@pytest.mark.parametrize("function", FUNCTIONS)
@pytest.mark.parametrize(
    "x", [np.ones(9), np.r_[np.nan, np.arange(8)], np.r_[np.inf, np.arange(8)]]
)
def test_constant_and_non_finite_input_has_no_correlation(function, x):
    assert math.isnan(function(x, np.arange(9.0)))
    assert math.isnan(function(np.arange(9.0), x))


def test_a_failed_fit_is_visible(monkeypatch):
    def fail(*_args, **_keywords):
        raise RuntimeError

    monkeypatch.setattr(optimize, "curve_fit", fail)
    x, y = _logistic_data(noise=1)
    with pytest.raises(FitError, match="did not converge"):
        logistic_map(x, y)
    [estimate] = correlate(x, y, [str(i) for i in range(len(x))], 10, ["plcc_logistic"])
    assert math.isnan(estimate.value)
    assert estimate.status == "failed: the least squares did not converge"


def test_reasons_for_no_value():
    groups = list("abcdefgh")
    for values, reason in [
        (np.ones(8), "failed: constant values"),
        (np.r_[np.inf, np.nan, np.arange(6)], "failed: 2 of 8 values are not finite"),
    ]:
        for estimate in correlate(values, np.arange(8.0), groups, 10):
            assert math.isnan(estimate.value)
            assert math.isnan(estimate.low)
            assert (estimate.n, estimate.status) == (8, reason)
    with pytest.raises(FitError, match="needs five images, not 4"):
        logistic_map(np.arange(4.0), np.arange(4.0))


def test_intervals_hold_the_value_and_repeat():
    x, y = _logistic_data(noise=20)
    groups = [str(i // 4) for i in range(len(x))]
    first = correlate(x, y, groups, 300)
    assert [estimate.statistic for estimate in first] == list(STATISTICS)
    for estimate in first:
        assert -1 <= estimate.low < estimate.value < estimate.high <= 1
    assert first == correlate(x, y, groups, 300)


def test_the_interval_of_pearson_agrees_with_scipy():
    rng = np.random.default_rng(3)
    x = rng.standard_normal(400)
    y = 0.7 * x + rng.standard_normal(400)
    [ours] = correlate(x, y, [str(i) for i in range(400)], 4000, ["plcc"])
    theirs = stats.pearsonr(x, y).confidence_interval()  # Fisher's z
    assert (ours.low, ours.high) == pytest.approx(tuple(theirs), abs=0.015)


def test_fisher_z_is_the_inverse_of_tanh_and_always_finite():
    assert fisher_z(np.tanh([0.3, -1.2])) == pytest.approx([0.3, -1.2])
    assert np.isfinite(fisher_z([1.0, -1.0])).all()


def test_no_absolute_value_of_a_correlation():
    source = correlation.__loader__.get_source(correlation.__name__)
    assert "abs(" not in source
