import numpy as np
import pytest

from asymmetry.stats.dependent_correlations import (
    corrected,
    difference_interval,
    spearman_interval,
)
from asymmetry.stats.intervals import Interval


def test_the_example_of_zou():
    """Zou (2007, Psychological Methods 12, section on overlapping correlations): r = .396 and .179
    with a shared variable, .088 between the others, n = 66: -.093 to .517."""
    ends = [
        Interval(*np.tanh(np.arctanh(r) + np.array([-1, 1]) * 1.959964 / np.sqrt(63)))
        for r in (0.396, 0.179)
    ]
    low, high = difference_interval((0.396, ends[0]), (0.179, ends[1]), 0.088)
    assert (low, high) == (pytest.approx(-0.093, abs=2e-3), pytest.approx(0.517, abs=2e-3))


def test_the_interval_of_bonett_and_wright():
    low, high = spearman_interval(0.5, 30)
    half = 1.959964 * np.sqrt((1 + 0.125) / 27)
    assert low == pytest.approx(np.tanh(np.arctanh(0.5) - half))
    assert high == pytest.approx(np.tanh(np.arctanh(0.5) + half))
    assert np.isnan(spearman_interval(0.5, 4)).all()


def test_correction_for_attenuation_is_spearman_s():
    assert corrected(0.3, 0.36) == pytest.approx(0.5)
    assert corrected(0.9, 0.25) == 1
    assert np.isnan(corrected(0.3, 0.0))
    low, high = spearman_interval(0.1, 50, 0.25)
    raw = spearman_interval(0.1, 50)
    assert (low, high) == (pytest.approx(2 * raw.low), pytest.approx(2 * raw.high))
