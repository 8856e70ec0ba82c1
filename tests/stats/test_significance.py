import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from asymmetry.stats.significance import bootstrap_p, holm


def test_holm_by_its_definition():
    """Holm 1979: .01 x 4, .02 x 3, .03 x 2, .04 x 1, never falling; a NaN does not count."""
    assert holm([0.03, 0.01, np.nan, 0.04, 0.02]) == pytest.approx(
        [0.06, 0.04, np.nan, 0.06, 0.06], nan_ok=True
    )
    assert holm([]) == []


@given(st.lists(st.floats(0, 1), min_size=1, max_size=8))
def test_holm_lies_between_p_and_bonferroni_and_keeps_the_order(p):
    adjusted = np.array(holm(p))
    assert (adjusted >= np.array(p) - 1e-12).all()
    assert (adjusted <= np.minimum(1, len(p) * np.array(p)) + 1e-12).all()
    assert (np.diff(adjusted[np.argsort(p)]) >= -1e-12).all()


def test_p_is_twice_the_smaller_tail_and_never_zero():
    draws = np.concatenate([np.full(3, -1.0), np.ones(96)])
    assert bootstrap_p(draws) == pytest.approx(2 * 4 / 100)
    assert bootstrap_p(np.ones(99)) == pytest.approx(2 / 100)
    assert np.isnan(bootstrap_p(np.array([np.nan])))
