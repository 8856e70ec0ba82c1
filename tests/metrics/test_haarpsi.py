import pytest
import torch

from asymmetry.metrics.haarpsi import _haar, haarpsi
from tests.metrics.pairs import colour_pair


@pytest.mark.parametrize(
    ("size", "authors"),
    [((96, 80), 0.9791907442404689), ((97, 83), 0.9801564635232727)],
)
def test_is_what_the_authors_say(size: tuple[int, int], authors: float):
    """Their `haarPsi.py`, in double precision; piq, of another YIQ, is up to 2e-4 off."""
    assert float(haarpsi(*colour_pair(*size))) == pytest.approx(authors, abs=1e-12)


def test_a_step_has_coefficients_across_only():
    step = torch.zeros(1, 1, 16, 16, dtype=torch.float64)
    step[..., 8:] = 3
    down, across = _haar(step, 4)[0]
    assert down[4:12, 4:12].abs().max() == 0
    # Two columns of four, of 3, less two of 0, over 4.
    assert across[8].amax() == 6


def test_black_beside_black_is_perfect():
    black = torch.zeros(1, 3, 16, 16, dtype=torch.float64)
    assert float(haarpsi(black, black)) == pytest.approx(1, abs=1e-12)
