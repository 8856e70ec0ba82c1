import numpy as np
import pytest
from scipy import stats

from asymmetry.stats.estimate import (
    Estimate,
    difference_of_units,
    over_replicates,
    over_units,
    unit_means,
)
from asymmetry.stats.mixed_model import MixedModel


def test_units_of_one_image_are_student_s_test():
    values = np.random.default_rng(0).normal(0.4, 1, size=(9, 1))
    found, expected = over_units(values), stats.ttest_1samp(values[:, 0], 0)
    assert (found.p, found.n) == (pytest.approx(expected.pvalue), 9)
    low, high = expected.confidence_interval()
    assert (found.low, found.high) == (pytest.approx(low), pytest.approx(high))


def test_it_is_the_mixed_model_with_the_unit_as_random_factor():
    """REML with Satterthwaite's degrees of freedom, in a balanced layout."""
    rng = np.random.default_rng(1)
    units = np.repeat(np.arange(8), 6)
    values = 0.5 + rng.standard_normal(8)[units] + 0.4 * rng.standard_normal(48)
    found = over_units(unit_means(values[:, None], units))
    model = MixedModel(values, np.ones((48, 1)), {"unit": units}).contrast([1])
    assert found.value == pytest.approx(model.value)
    assert found.error == pytest.approx(model.standard_error, rel=1e-4)
    assert found.degrees_of_freedom == pytest.approx(model.degrees_of_freedom, rel=0.02)


# Yield of dyestuff from six batches of five samples (Davies and Goldsmith 1972).
DYESTUFF = [
    [1545, 1440, 1440, 1520, 1580],
    [1540, 1555, 1490, 1560, 1495],
    [1595, 1550, 1605, 1510, 1560],
    [1445, 1440, 1595, 1465, 1545],
    [1595, 1630, 1515, 1635, 1625],
    [1520, 1455, 1450, 1480, 1445],
]
# What is left out for the unbalanced example, in that order.
LEFT_OUT = [1, 2, 3, 7, 15, 16, 17, 18, 29]


def test_of_balanced_batches_it_is_what_statsmodels_finds():
    """`MixedLM(yield, 1, groups=batch).fit(reml=True)` of statsmodels 0.15.0: 1527.5, 19.38391."""
    values = np.array(DYESTUFF, dtype=float).ravel()
    found = over_units(unit_means(values[:, None], np.repeat(np.arange(6), 5)))
    assert found.value == pytest.approx(1527.5)
    assert found.error == pytest.approx(19.38391, rel=1e-4)
    assert found.degrees_of_freedom == 5


def test_of_unbalanced_batches_the_mean_of_means_is_near_it_and_the_mixed_model_is_it():
    """The same of 21 samples, 1 to 5 a batch: 1547.76946, 18.34710."""
    kept = np.delete(np.arange(30), LEFT_OUT)
    values, units = np.array(DYESTUFF, dtype=float).ravel()[kept], np.repeat(np.arange(6), 5)[kept]
    model = MixedModel(values, np.ones((21, 1)), {"batch": units}).contrast([1])
    assert model.value == pytest.approx(1547.76946, rel=1e-6)
    assert model.standard_error == pytest.approx(18.34710, rel=1e-4)
    found = over_units(unit_means(values[:, None], units))
    assert found.value == pytest.approx(model.value, abs=0.1 * model.standard_error)
    assert found.error == pytest.approx(model.standard_error, rel=0.1)


@pytest.mark.slow
@pytest.mark.long
@pytest.mark.parametrize("between", [0.0, 0.3, 1.0])
def test_of_unequal_units_the_mean_of_means_keeps_its_coverage(between: float):
    """That of REML falls to 92.6 % where units differ most: the table of docs/results.md."""
    rng, sizes = np.random.default_rng(1), [1, 2, 6, 12, 1, 6]
    units = np.repeat(np.arange(6), sizes)
    covered = 0
    for _ in range(700):
        values = between * rng.standard_normal(6)[units] + rng.standard_normal(len(units))
        found = over_units(unit_means(values[:, None], units))
        covered += found.low <= 0 <= found.high
    # Three standard errors below 95 %.
    assert 0.925 < covered / 700 < 0.995


def test_units_and_images_crossed_are_what_statsmodels_finds():
    """`MixedLM` with `vc_formula` of both, of these values: 0.0200833, 0.4454505."""
    rng = np.random.default_rng(2)
    values = rng.standard_normal((10, 1)) + rng.standard_normal(12) + rng.standard_normal((10, 12))
    found = over_units(values.round(2))
    assert found.value == pytest.approx(0.0200833, rel=1e-5)
    assert found.error == pytest.approx(0.4454505, rel=1e-4)


def test_images_are_a_second_random_factor():
    """As in the mixed model with both, crossed, where both matter."""
    rng = np.random.default_rng(2)
    values = rng.standard_normal((10, 1)) + rng.standard_normal(12) + rng.standard_normal((10, 12))
    rows, columns = np.indices(values.shape)
    found = over_units(values)
    model = MixedModel(
        values.ravel(), np.ones((120, 1)), {"unit": rows.ravel(), "image": columns.ravel()}
    )
    assert found.error == pytest.approx(model.contrast([1]).standard_error, rel=1e-3)


def test_what_a_unit_lacks_is_filled_by_what_images_differ_by():
    values = np.arange(6.0)[:, None] + np.array([0.0, 10.0, 20.0])
    whole = over_units(values)
    values[2, 2] = np.nan
    assert over_units(values).value == pytest.approx(whole.value, abs=1.5)
    assert np.isnan(over_units(values[:1]).p)


def test_fixed_groups_have_the_pooled_error_of_their_replicates():
    """A regression on the groups has the same variance of their mean."""
    rng = np.random.default_rng(3)
    groups = np.repeat(np.arange(5), 3)
    values = rng.standard_normal(5)[groups] * 10 + rng.standard_normal(15)
    found = over_replicates(values[:, None], groups)
    pooled = np.mean([values[groups == group].var(ddof=1) for group in range(5)])
    assert found.degrees_of_freedom == 10
    assert found.error == pytest.approx(np.sqrt(pooled / 15))
    assert np.isnan(over_replicates(values[::3, None], groups[::3]).p)


def test_two_sets_of_units_are_welch_s_test():
    rng = np.random.default_rng(4)
    first, second = rng.normal(1, 1, (5, 1)), rng.normal(0, 3, (9, 1))
    found = difference_of_units(first, second)
    expected = stats.ttest_ind(first[:, 0], second[:, 0], equal_var=False)
    assert found.p == pytest.approx(expected.pvalue)
    assert found.degrees_of_freedom == pytest.approx(expected.df)
    independent = over_units(first) - over_units(second)
    assert independent.p == pytest.approx(expected.pvalue)


def test_of_several_estimates_the_interval_is_bonferroni_s():
    one = Estimate(1.0, 2.0, 7.0, 8)
    assert one.simultaneous(1) == pytest.approx((one.low, one.high))
    # Student's t with 7 degrees of freedom at .0025 in each tail, from its tables: 4.029.
    assert one.simultaneous(10).high == pytest.approx(1 + 2 * 4.029, abs=2e-3)


def test_power_is_that_of_the_error():
    assert Estimate(0, 1, np.inf, 3).power(2.8) == pytest.approx(0.8, abs=0.01)
    assert np.isnan(Estimate(0, np.nan, 3, 3).power(1))
