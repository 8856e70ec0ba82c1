import numpy as np
import pytest
from scipy import stats

from asymmetry.stats.power import power_of_estimate, power_of_spearman
from asymmetry.stats.rank_correlation import critical_rho


@pytest.mark.parametrize(("size", "power"), [(0, 0.05), (1.96, 0.5), (2.8016, 0.8), (3.2415, 0.9)])
def test_power_is_that_of_the_books(size, power):
    """Two-sided z test: (1.96 + 0.84) errors for 80 %, (1.96 + 1.28) for 90 %."""
    assert power_of_estimate(size, 1.0) == pytest.approx(power, abs=1e-3)


def test_without_an_error_there_is_no_power():
    assert np.isnan(power_of_estimate(1, np.nan))
    assert np.isnan(power_of_estimate(1, 0))
    assert power_of_estimate(3, 1, degrees_of_freedom=2) < power_of_estimate(3, 1)


def test_power_is_fisher_s_for_many_pairs():
    """z of Spearman's rho is about normal, of variance 1.06 / (n - 3) (Fieller et al. 1957)."""
    error = np.sqrt(1.06 / (30 - 3))
    size = (np.arctanh(0.5) - np.arctanh(critical_rho(30))) / error
    assert power_of_spearman(30, 0.5) == pytest.approx(stats.norm.cdf(size), abs=0.03)


def test_power_grows_with_pairs_and_is_the_level_without_a_relation():
    powers = [power_of_spearman(count, 0.7) for count in (4, 6, 8, 12, 20)]
    assert powers[0] == 0
    assert powers == sorted(powers)
    assert power_of_spearman(7, 0.0) == pytest.approx(0.05, abs=0.01)
