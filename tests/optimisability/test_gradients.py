import math

import pytest
import torch
from hypothesis import given
from hypothesis import strategies as st
from torch import Tensor

from asymmetry.optimisability.gradients import BANDS, gradients, signal_to_noise, spectrum


def noise(*shape: int, seed: int = 0) -> Tensor:
    picks = torch.Generator().manual_seed(seed)
    return torch.randn(*shape, generator=picks, dtype=torch.float64)


def test_the_gradient_of_a_squared_error_is_twice_the_error():
    reference, restored = noise(1, 3, 8, 8).float(), noise(4, 3, 8, 8, seed=1).float()
    found = gradients(lambda x, y: (x - y).square().sum((1, 2, 3)), restored, reference)
    torch.testing.assert_close(found, 2 * (restored - reference).double(), rtol=1e-5, atol=1e-6)


@pytest.mark.parametrize("ratio", [0.0, 0.1, 3.0])
def test_a_linear_loss_with_known_noise_has_its_ratio(ratio: float):
    """Gradients m + sigma e: |m|^2 over the sum of the variances, without bias for few draws."""
    size, draws, sigma = 3 * 16 * 16, 4, 0.2
    direction = noise(3, 16, 16, seed=3)
    direction *= math.sqrt(ratio * size) * sigma / direction.norm()
    found = [
        signal_to_noise(direction + sigma * noise(draws, 3, 16, 16, seed=seed))
        for seed in range(10, 60)
    ]
    assert sum(found) / len(found) == pytest.approx(ratio, rel=0.03, abs=0.01)


def test_two_opposite_draws_by_hand():
    """1 + 2 and 1 - 2: mean 1, variance 8; without bias 1 - 8 / 2 = -3 of signal."""
    assert signal_to_noise(torch.tensor([[3.0], [-1.0]])) == pytest.approx(-3 / 8)


@given(st.floats(1e-6, 1e6))
def test_the_ratio_and_the_spectrum_know_no_scale(scale: float):
    found = noise(4, 3, 8, 8) + 1
    assert signal_to_noise(scale * found) == pytest.approx(signal_to_noise(found), rel=1e-9)
    assert spectrum(scale * found) == pytest.approx(spectrum(found), rel=1e-9)


def test_gradients_that_do_not_vary_have_no_ratio():
    assert math.isnan(signal_to_noise(torch.ones(3, 5)))


@pytest.mark.parametrize(("periods", "band"), [(0, 0), (2, 0), (4, 1), (13, 3), (27, 6), (32, 7)])
def test_a_sinusoid_lies_in_the_band_of_its_frequency(periods: int, band: int):
    """64 pixels: a band is four periods wide, and 32 of them are the Nyquist frequency."""
    wave = torch.cos(2 * math.pi * periods * torch.arange(64, dtype=torch.float64) / 64)
    shares = spectrum(wave.expand(2, 3, 64, 64))
    assert shares[band] == pytest.approx(1)


def test_a_diagonal_sinusoid_is_as_fast_as_its_radius():
    """20 periods across and 20 down are 28.3: a band above 20 alone."""
    place = torch.arange(64, dtype=torch.float64)
    wave = torch.cos(2 * math.pi * 20 * (place[:, None] + place) / 64)
    assert spectrum(wave.expand(1, 3, 64, 64))[7] == pytest.approx(1)


def test_white_noise_fills_the_bands_by_their_area():
    """Rings of pi (r^2 - r'^2); the last takes the corners, too: 1 - pi (7/16)^2."""
    shares = spectrum(noise(16, 3, 128, 128))
    inner = [math.pi * ((band + 1) ** 2 - band**2) / 16**2 for band in range(BANDS - 1)]
    assert shares == pytest.approx([*inner, 1 - sum(inner)], abs=0.01)
    assert sum(shares) == pytest.approx(1)
