import pytest
import torch

from asymmetry.metrics.spectra import SIDE, detail, spectra
from tests.metrics.planted import grating, white


def test_white_noise_has_its_variance_evenly_in_all_bins():
    power = spectra(white(0.01) - 0.5).abs().square().mean(dim=1)[0]
    assert power.shape == (32, 17)
    assert float(power[:, 1:16].mean()) == pytest.approx(0.01 / 32**2, rel=0.02)
    whole = power.sum() + power[:, 1:16].sum()
    assert float(whole) == pytest.approx(0.01, rel=0.02)


def test_windows_lie_half_a_side_apart_and_inside():
    image = torch.zeros(2, 1, 63, 80, dtype=torch.float64)
    assert spectra(image).shape == (2, 2 * 4, 32, 17)
    image[..., 48:, :] = 1  # below the last window
    assert spectra(image).count_nonzero() == 0


@pytest.mark.parametrize(
    ("scale", "inside", "outside"), [(1, 11, 6), (2, 11, 6), (3, 8, 3), (4, 7, 2), (8, 4, 0)]
)
def test_the_band_begins_where_a_reduction_ends(scale: int, inside: int, outside: int):
    """A grating on the grid leaks one bin to each side, so these are wholly in or wholly out."""
    for turned in (False, True):
        waves = [0.5 + 0.1 * grating(bins / SIDE) for bins in (inside, outside)]
        found = [detail(w.mT if turned else w, scale).square().sum(dim=2) for w in waves]
        torch.testing.assert_close(found[0], torch.full_like(found[0], 0.1**2 / 2))
        assert float(found[1].max()) < 1e-28


def test_a_flat_image_has_no_detail():
    assert float(detail(torch.ones(1, 1, 32, 32, dtype=torch.float64), 4).abs().max()) < 1e-14


@pytest.mark.parametrize("scale", [2, 4, 8])
def test_the_band_is_all_but_the_square_that_a_reduction_keeps(scale: int):
    energy = detail(white(0.01), scale).square().sum(dim=2).mean()
    assert float(energy) == pytest.approx(0.01 * (1 - 1 / scale**2), rel=0.02)
