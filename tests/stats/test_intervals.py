import numpy as np
import pytest
from scipy import stats

from asymmetry.stats.intervals import (
    ENDS,
    NORMAL_QUANTILE,
    ROUNDED_ENDS,
    bootstrap_error,
    interval,
    intervals,
    share_interval,
    t_quantile,
)


def test_intervals_cover_the_middle_of_each_row():
    low, high = intervals(np.stack([np.linspace(0, 1, 1001), np.full(1001, np.nan)]))
    assert (low, high) == (
        pytest.approx([0.025, np.nan], nan_ok=True),
        pytest.approx([0.975, np.nan], nan_ok=True),
    )


def test_an_interval_leaves_undefined_draws_out():
    assert interval(np.array([np.nan, *np.arange(41.0)])) == pytest.approx((1, 39))
    assert np.isnan(interval(np.empty(0))).all()


def test_both_pairs_of_ends_are_those_of_95_percent():
    assert pytest.approx(ENDS) == ROUNDED_ENDS == pytest.approx((0.025, 0.975))


def test_the_error_is_the_standard_deviation_of_the_draws():
    assert bootstrap_error(np.array([1.0, 3.0, np.nan])) == pytest.approx(np.sqrt(2))
    assert np.isnan(bootstrap_error(np.ones(1)))


def test_quantiles_are_the_published_ones():
    assert pytest.approx(1.95996, abs=1e-5) == NORMAL_QUANTILE
    assert t_quantile(10) == pytest.approx(2.228, abs=5e-4)
    assert t_quantile(np.inf) == pytest.approx(NORMAL_QUANTILE)


@pytest.mark.parametrize(("cases", "n"), [(0, 40), (7, 40), (20, 40), (40, 40), (1, 1)])
def test_the_interval_of_a_share_is_wilsons(cases: int, n: int):
    """SciPy's number."""
    known = stats.binomtest(cases, n).proportion_ci(0.95, method="wilson")
    assert share_interval(cases / n, n) == pytest.approx((known.low, known.high), abs=1e-9)
