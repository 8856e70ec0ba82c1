import numpy as np
import pytest
from scipy import stats

from asymmetry.stats.reliability import reliability, share_of_truth


def test_alpha_is_cronbach_s_of_standardised_scores():
    """By its definition: k / (k - 1) (1 - sum of variances / variance of the sum)."""
    rng = np.random.default_rng(0)
    scores = rng.standard_normal(40) + 0.8 * rng.standard_normal((5, 40))
    z = stats.zscore(scores, axis=1)
    defined = 5 / 4 * (1 - 5 / z.sum(0).var())
    assert reliability(scores).alpha == pytest.approx(defined)


def test_the_interval_is_feldt_s():
    """Feldt (1965): alpha .79 of 4 items and 41 persons has the limits of F(40, 120)."""
    rng = np.random.default_rng(1)
    found = reliability(rng.standard_normal(41) + rng.standard_normal((4, 41)))
    # The quantiles .025 and .975 of F(40, 120), from its tables: 0.5806 and 1.6141.
    assert found.low == pytest.approx(1 - (1 - found.alpha) * 1.6141, abs=1e-3)
    assert found.high == pytest.approx(1 - (1 - found.alpha) * 0.5806, abs=5e-3)


def test_the_effective_number_of_judges():
    alike = np.tile(np.arange(9.0), (4, 1))
    assert reliability(alike).effective == pytest.approx(1)
    assert reliability(alike).first_share == pytest.approx(1)
    apart = np.array(np.meshgrid(*[[-1.0, 1.0]] * 3)).reshape(3, -1)  # uncorrelated
    assert reliability(apart).effective == pytest.approx(3)
    assert reliability(apart).alpha == pytest.approx(0, abs=1e-12)


def test_two_camps_have_no_alpha_to_speak_of():
    camp = np.arange(9.0)
    found = reliability(np.array([camp, camp, -camp, -camp]))
    assert found.alpha < 0
    assert found.effective == pytest.approx(1)


def test_what_a_judge_lacks_does_not_empty_the_rest():
    rng = np.random.default_rng(2)
    scores = rng.standard_normal(60) + 0.5 * rng.standard_normal((4, 60))
    whole = reliability(scores).alpha
    scores[0, :10] = np.nan
    assert reliability(scores).alpha == pytest.approx(whole, abs=0.05)


def test_too_little_has_none():
    assert np.isnan(reliability(np.ones((1, 9))).alpha)
    assert np.isnan(reliability(np.ones((3, 2))).low)


def test_the_share_that_is_not_error():
    values = np.array([0.0, 2.0, 4.0])  # variance 4
    assert share_of_truth(values, np.ones(3)) == pytest.approx(0.75)
    assert share_of_truth(values, np.full(3, 9.0)) == 0
    assert np.isnan(share_of_truth(values, np.full(3, np.nan)))
