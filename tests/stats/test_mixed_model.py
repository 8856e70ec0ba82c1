import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from scipy.stats import linregress, ttest_rel

from asymmetry.stats.mixed_model import RESIDUAL, MixedModel

# Yield of dyestuff from six batches, five samples each (Davies and Goldsmith 1972), and what lme4
# 1.1 finds of it (Bates et al. 2015 and the package's documentation): the published values.
DYESTUFF = {
    "A": [1545, 1440, 1440, 1520, 1580],
    "B": [1540, 1555, 1490, 1560, 1495],
    "C": [1595, 1550, 1605, 1510, 1560],
    "D": [1445, 1440, 1595, 1465, 1545],
    "E": [1595, 1630, 1515, 1635, 1625],
    "F": [1520, 1455, 1450, 1480, 1445],
}


@pytest.fixture(scope="module")
def dyestuff() -> MixedModel:
    response = np.array(list(DYESTUFF.values()), dtype=float).ravel()
    return MixedModel(response, np.ones((30, 1)), {"batch": np.repeat(list(DYESTUFF), 5)})


def test_dyestuff_has_the_published_standard_deviations(dyestuff: MixedModel):
    assert dyestuff.deviations["batch"] == pytest.approx(42.00, abs=5e-3)
    assert dyestuff.deviations[RESIDUAL] == pytest.approx(49.51, abs=5e-3)
    assert dyestuff.deviance == pytest.approx(319.6543, abs=1e-4)


def test_dyestuff_has_the_published_mean_and_error(dyestuff: MixedModel):
    found = dyestuff.contrast([1])
    assert found.value == pytest.approx(1527.50, abs=1e-6)
    assert found.standard_error == pytest.approx(19.38, abs=5e-3)


def test_in_a_balanced_layout_the_degrees_of_freedom_are_those_of_the_analysis_of_variance(
    dyestuff: MixedModel,
):
    found = dyestuff.contrast([1])
    assert found.degrees_of_freedom == pytest.approx(5, abs=0.02)
    # Student's t of the six means, whatever is inside the batches.
    means = [np.mean(values) for values in DYESTUFF.values()]
    half = 2.570582 * np.std(means, ddof=1) / np.sqrt(6)
    assert found.low == pytest.approx(1527.5 - half, abs=0.1)
    assert found.high == pytest.approx(1527.5 + half, abs=0.1)


def crossed(seed: int) -> tuple[np.ndarray, np.ndarray, np.ndarray]:
    """Two crossed factors with clear effects: values [8, 6], and the levels of each."""
    rng = np.random.default_rng(seed)
    values = 2 * rng.normal(size=(8, 1)) + 1.5 * rng.normal(size=6) + rng.normal(size=(8, 6))
    rows, columns = np.indices(values.shape)
    return values, rows.ravel(), columns.ravel()


@given(st.integers(0, 10))
def test_crossed_factors_have_the_variances_of_the_analysis_of_variance(seed: int):
    values, rows, columns = crossed(seed)
    found = MixedModel(values.ravel(), np.ones((48, 1)), {"row": rows, "column": columns})
    # Mean squares of a two-way layout without repetition; equal to REML where none is negative.
    of_rows = 6 * values.mean(1).var(ddof=1)
    of_columns = 8 * values.mean(0).var(ddof=1)
    rest = values - values.mean(1, keepdims=True) - values.mean(0) + values.mean()
    residual = (rest**2).sum() / 35
    if min(of_rows, of_columns) > residual:
        expected = [(of_rows - residual) / 6, (of_columns - residual) / 8, residual]
        variances = [deviation**2 for deviation in found.deviations.values()]
        assert variances == pytest.approx(expected, rel=1e-3)


def test_a_paired_difference_is_the_paired_t_test():
    rng = np.random.default_rng(3)
    pairs = rng.normal(size=(12, 1)) * 3 + rng.normal(size=(12, 2)) + [0, 0.5]
    fixed = np.stack([np.ones(24), np.tile([0.0, 1.0], 12)], axis=1)
    found = MixedModel(pairs.ravel(), fixed, {"pair": np.repeat(np.arange(12), 2)}).contrast([0, 1])
    paired = ttest_rel(pairs[:, 1], pairs[:, 0])
    assert found.p == pytest.approx(paired.pvalue, rel=1e-3)
    assert found.degrees_of_freedom == pytest.approx(11, abs=0.05)
    assert (found.low, found.high) == pytest.approx(tuple(paired.confidence_interval()), abs=1e-3)


def test_without_factors_it_is_least_squares():
    rng = np.random.default_rng(4)
    slope = rng.normal(size=20)
    response = 1 + 2 * slope + rng.normal(size=20)
    fixed = np.stack([np.ones(20), slope], axis=1)
    found = MixedModel(response, fixed, {}).contrast([0, 1])
    line = linregress(slope, response)
    assert found.value == pytest.approx(line.slope)
    assert found.standard_error == pytest.approx(line.stderr)
    assert found.p == pytest.approx(line.pvalue)
    assert found.degrees_of_freedom == pytest.approx(18, rel=1e-2)


def test_a_factor_without_effect_has_no_deviation():
    response = np.tile([1.0, -1.0, 2.0, -2.0], 5)  # equal means of all levels
    found = MixedModel(response, np.ones((20, 1)), {"level": np.repeat(np.arange(5), 4)})
    assert found.deviations["level"] == 0
    assert found.contrast([1]).degrees_of_freedom == pytest.approx(19, rel=1e-2)


@pytest.mark.parametrize(
    ("response", "fixed", "message"),
    [
        (np.ones(4), np.ones((3, 1)), "are not"),
        (np.array([1, 2, np.nan]), np.ones((3, 1)), "finite"),
        (np.arange(4.0), np.ones((4, 2)), "told apart"),
    ],
)
def test_wrong_input_is_refused(response: np.ndarray, fixed: np.ndarray, message: str):
    with pytest.raises(ValueError, match=message):
        MixedModel(response, fixed, {})
