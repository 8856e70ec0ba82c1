import numpy as np
import pytest
from scipy import stats

from asymmetry.stats.paired import paired_difference
from asymmetry.stats.resampling import resampled_counts

RNG = np.random.default_rng(0)
LEVELS = RNG.normal(30, 5, 400)  # images differ much more than methods
ONE, OTHER = LEVELS + RNG.normal(0.2, 1, 400), LEVELS + RNG.normal(0, 1, 400)
COUNTS = resampled_counts(RNG, 400, 4000)


def test_the_interval_is_that_of_the_paired_t_test():
    """Of 400 normal differences the percentile bootstrap is Student's interval."""
    found = paired_difference(ONE, OTHER, COUNTS)
    expected = stats.ttest_rel(ONE, OTHER).confidence_interval(0.95)
    assert found.value == pytest.approx(np.mean(ONE - OTHER))
    assert found.n == 400
    assert found.low == pytest.approx(expected.low, abs=0.01)
    assert found.high == pytest.approx(expected.high, abs=0.01)


def test_the_interval_is_scipys_paired_bootstrap():
    one, other = ONE[:25], OTHER[:25]
    found = paired_difference(one, other, resampled_counts(RNG, 25, 20000))
    expected = stats.bootstrap(
        (one, other), lambda a, b, axis: (a - b).mean(axis=axis), paired=True, method="percentile",
        n_resamples=20000, rng=RNG,
    ).confidence_interval  # fmt: skip
    assert found.low == pytest.approx(expected.low, abs=0.02)
    assert found.high == pytest.approx(expected.high, abs=0.02)


def test_it_turns_with_its_sides():
    found, turned = (paired_difference(*pair, COUNTS) for pair in ((ONE, OTHER), (OTHER, ONE)))
    assert turned[:3] == pytest.approx((-found.value, -found.high, -found.low))


def test_units_without_a_pair_do_not_count():
    lacking = ONE.copy()
    lacking[100:] = np.nan
    found = paired_difference(lacking, OTHER, COUNTS)
    assert found == paired_difference(ONE[:100], OTHER[:100], COUNTS[:, :100])
    assert found.n == 100


@pytest.mark.parametrize("n", [0, 1])
def test_fewer_than_two_have_no_interval(n: int):
    one = np.where(np.arange(4) < n, 3.0, np.nan)
    found = paired_difference(one, np.ones(4), COUNTS[:, :4])
    assert found.n == n
    assert np.isnan([found.low, found.high]).all()
    assert found.value == 2 if n else np.isnan(found.value)
