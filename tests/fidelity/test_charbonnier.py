import pytest
import torch
from hypothesis import given, settings
from hypothesis import strategies as st

from asymmetry.fidelity.charbonnier import charbonnier
from asymmetry.fidelity.l1 import l1


@settings(deadline=None)
@given(st.floats(0, 1), st.floats(1e-3, 0.5))
def test_closed_form_of_a_constant_error(error: float, epsilon: float):
    x = torch.zeros(1, 3, 4, 4)
    expected = (error**2 + epsilon**2) ** 0.5 - epsilon
    assert charbonnier(x + error, x, epsilon).item() == pytest.approx(expected, abs=1e-6)


def test_is_l1_for_large_errors():
    x, y = torch.rand(2, 3, 8, 8), torch.rand(2, 3, 8, 8) + 2
    torch.testing.assert_close(charbonnier(x, y), l1(x, y), rtol=1e-3, atol=0)
