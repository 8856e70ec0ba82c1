import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from scipy import stats

from asymmetry.stats.agreement import (
    concordance_p,
    heterogeneity,
    kendall_w,
    sign_agreement,
)


@given(st.integers(3, 6), st.integers(3, 12), st.integers(0, 1000))
def test_w_is_friedman_s_chi_square_with_ties(raters, items, key):
    values = np.random.default_rng(key).integers(0, 4, (raters, items)).astype(float)
    if not np.ptp(values, axis=1).any():
        assert np.isnan(kendall_w(values))
        return
    chi, p = stats.friedmanchisquare(*values.T)
    w = float(kendall_w(values))
    assert w == pytest.approx(chi / (raters * (items - 1)), abs=1e-9)
    assert concordance_p(w, raters, items) == pytest.approx(p)


def test_w_of_equal_and_of_opposite_orders():
    order = np.arange(5.0)
    assert kendall_w(np.stack([order] * 3)) == pytest.approx(1)
    assert kendall_w(np.stack([order, -order])) == pytest.approx(0)
    assert kendall_w(np.stack([[order] * 3, [order] * 3])).shape == (2,)


def test_i2_by_closed_form():
    """0 and 2 with errors of 0.5: Q = 4 (1 + 1) = 8, I² = 1 - 1 / 8."""
    found = heterogeneity(np.array([0.0, 2.0]), np.array([0.5, 0.5]))
    assert (found.i2, found.mean) == (pytest.approx(7 / 8), pytest.approx(1))
    assert found.p == pytest.approx(stats.chi2.sf(8, 1))


def test_the_interval_of_i2_by_closed_form():
    """Q = 12.44 of 8: H² = 1.777, log H = .2875 with the error .5749 / 2 / (4.988 - 3.606)."""
    size = np.sqrt(12.44 / 8)
    values = size * np.array([1, -1] * 4)
    found = heterogeneity(values, np.ones(8))
    assert found.i2 == pytest.approx(1 - 1 / 1.777, abs=1e-3)
    error = 0.5749 / 2 / (4.988 - 3.606)
    assert found.low == 0  # .2875 - 1.96 x .208 is below 0
    assert found.high == pytest.approx(1 - np.exp(-2 * (0.2875 + 1.96 * error)), abs=1e-3)


def test_equal_studies_are_not_heterogeneous():
    found = heterogeneity(np.ones(5), np.ones(5))
    assert (found.i2, found.p) == (0, 1)


def test_signs_are_counted_exactly():
    count, low, high, p = sign_agreement(np.array([1.0, 2, 3, 4, 5, 6]), 1)
    assert (count, high, p) == (6, 1, pytest.approx(2 / 64))
    assert low == pytest.approx(0.025 ** (1 / 6))  # Clopper and Pearson
    assert sign_agreement(np.array([-1.0, 1]), -1)[0] == 1
