import math

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from scipy import stats

from asymmetry.stats.rank_correlation import (
    critical_rho,
    disattenuated,
    permutation_p,
    spearman,
)

samples = st.lists(st.tuples(st.integers(0, 9), st.integers(0, 9)), min_size=3, max_size=12)


@given(samples)
def test_spearman_is_scipy_s_with_ties(pairs):
    first, second = np.array(pairs, dtype=float).T
    if np.ptp(first) and np.ptp(second):
        assert spearman(first, second) == pytest.approx(stats.spearmanr(first, second).statistic)
    else:
        assert np.isnan(spearman(first, second))


@pytest.mark.parametrize(("count", "published"), [(5, 1.0), (6, 0.886), (7, 0.786), (8, 0.738)])
def test_critical_values_are_the_published_ones(count, published):
    """Two-sided .05 of Zar's table of critical values."""
    assert critical_rho(count) == pytest.approx(published, abs=5e-4)


def test_beyond_eight_the_critical_value_is_student_s():
    assert critical_rho(12) == pytest.approx(0.576, abs=1e-3)  # t(10) = 2.228


@pytest.mark.parametrize("count", [0, 2, 3, 4])
def test_few_pairs_can_never_be_enough(count):
    assert math.isinf(critical_rho(count))


def test_exact_p_of_a_perfect_order():
    order = np.arange(5.0)
    assert permutation_p(order, order) == pytest.approx(2 / math.factorial(5))
    assert permutation_p(order, -order) == pytest.approx(2 / math.factorial(5))


def test_sampled_p_is_near_student_s_and_the_same_each_time():
    rng = np.random.default_rng(3)
    first = rng.standard_normal(20)
    second = first + 2 * rng.standard_normal(20)
    p = permutation_p(first, second)
    assert p == pytest.approx(stats.spearmanr(first, second).pvalue, abs=0.01)
    assert p == permutation_p(first, second)


def test_p_is_uniform_where_there_is_no_relation():
    rng = np.random.default_rng(0)
    p = np.array([permutation_p(*rng.standard_normal((2, 7))) for _ in range(200)])
    assert stats.kstest(p, "uniform").pvalue > 0.01
    # 200 draws at 5 %: 10 expected, standard deviation 3.1
    assert (p <= 0.05).sum() <= 20


def test_constant_values_have_no_p():
    assert math.isnan(permutation_p(np.ones(5), np.arange(5.0)))


def test_correlations_are_corrected_for_a_lack_of_reliability():
    """Spearman 1904: .4 / sqrt(.64); never beyond 1; without reliability nothing is known."""
    assert disattenuated(np.array([0.4, 0.9]), 0.64) == pytest.approx([0.5, 1.0])
    assert disattenuated(np.array(-0.4), 1) == pytest.approx(-0.4)
    assert np.isnan(disattenuated(np.array([0.4]), 0)).all()
