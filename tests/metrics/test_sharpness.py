"""The gain of fine detail, against Parseval's theorem."""

import math

import pytest
import torch

from asymmetry.metrics.sharpness import detail_energy, detail_gain, sharpness
from tests.metrics.planted import LEVEL, blurred, frequencies, gaussian_response, white

VARIANCE = 0.01


def gain(restored: torch.Tensor, reference: torch.Tensor, scale: int = 4) -> float:
    return float(detail_gain(*(detail_energy(plane, scale) for plane in (restored, reference))))


@pytest.mark.parametrize("factor", [0.5, 1.0, 3.0])
def test_contrast_is_twenty_times_its_logarithm(factor: float):
    reference = white(VARIANCE)
    restored = 0.5 + factor * (reference - 0.5)
    expected = 20 * math.log10(factor)
    assert gain(restored, reference) == pytest.approx(expected, abs=2e-3)  # the noise of rounding
    assert float(sharpness.at(4)(restored, reference)) == pytest.approx(abs(expected), abs=2e-3)


@pytest.mark.parametrize("share", [0.1, 1.0, 4.0])
def test_independent_noise_adds_its_variance(share: float):
    reference = white(VARIANCE)
    restored = reference + white(share * VARIANCE, seed=1) - 0.5
    assert gain(restored, reference) == pytest.approx(10 * math.log10(1 + share), abs=0.1)


@pytest.mark.parametrize(("scale", "sigma"), [(2, 0.4), (2, 0.7), (4, 0.4), (4, 0.7), (4, 1.0)])
def test_a_low_pass_leaves_the_mean_of_its_squared_response(sigma: float, scale: int):
    reference = white(VARIANCE)
    down, across = frequencies(512, 512)
    band = torch.maximum(down.abs(), across.abs()) > 1 / (2 * scale)
    left = gaussian_response(512, 512, sigma)[band].square().mean()
    assert gain(blurred(reference, sigma), reference, scale) == pytest.approx(
        10 * math.log10(left), abs=0.25
    )


def test_below_the_noise_of_rounding_nothing_counts():
    """3 dB where the detail's variance is that noise, 1/12 of a squared level."""
    share = 1 - 1 / 4**2  # of the frequencies that are fine detail at x4
    faint, flat = white(LEVEL**2 / 12 / share), torch.full((1, 1, 512, 512), 0.5).double()
    assert gain(faint, flat) == pytest.approx(10 * math.log10(2), abs=0.1)
    assert gain(flat, flat) == 0
