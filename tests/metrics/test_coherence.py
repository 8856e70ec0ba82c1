"""The share of the reference's fine detail that is explained, against closed forms."""

import math

import pytest
import torch

from asymmetry.metrics.coherence import coherence
from tests.metrics.planted import blurred, frequencies, gaussian_response, grating, white

VARIANCE = 0.01
at_x4 = coherence.at(4)


@pytest.mark.parametrize("share", [0.1, 1.0, 4.0])
def test_of_detail_in_noise_it_is_the_share_of_the_detail(share: float):
    reference = white(VARIANCE)
    restored = reference + white(share * VARIANCE, seed=1) - 0.5
    assert float(at_x4(restored, reference)) == pytest.approx(1 / (1 + share), abs=0.008)


@pytest.mark.parametrize("pixels", [0.0, 0.25, 0.5, 1.0, 2.0])
def test_a_moved_grating_keeps_the_squared_cosine_of_its_phase(pixels: float):
    """And none where it is more than a quarter of a wave away: its detail is then inverted."""
    frequency = 6 / 32
    phase = 2 * math.pi * frequency * pixels
    restored, reference = (0.5 + 0.1 * grating(frequency, p) for p in (phase, 0.0))
    expected = max(0.0, math.cos(phase)) ** 2
    assert float(at_x4(restored, reference)) == pytest.approx(expected, abs=1e-3)


@pytest.mark.parametrize("contrast", [0.3, 1.0, 3.0])
def test_contrast_does_not_count_but_its_sign_does(contrast: float):
    reference = white(VARIANCE)
    detail = contrast * (reference - 0.5)
    assert float(at_x4(0.5 + detail, reference)) == pytest.approx(1, abs=0.002)
    assert float(at_x4(0.5 - detail, reference)) == 0


@pytest.mark.parametrize("sigma", [0.4, 0.7, 1.0])
def test_a_low_pass_explains_what_one_gain_can(sigma: float):
    """The squared mean of its response over the mean of the squares (Cauchy and Schwarz)."""
    reference = white(VARIANCE)
    down, across = frequencies(512, 512)
    response = gaussian_response(512, 512, sigma)[torch.maximum(down.abs(), across.abs()) > 1 / 8]
    expected = float(response.mean() ** 2 / response.square().mean())
    assert float(at_x4(blurred(reference, sigma), reference)) == pytest.approx(expected, abs=0.02)


def test_unrelated_detail_is_near_half_of_one_over_the_degrees_of_freedom():
    """Windowed white noise has (sum w^2)^2 / sum w^4 independent values, 32^2 (18/35)^2.

    Times the share of the bins that are in the band.
    """
    freedom = 32**2 * (18 / 35) ** 2 * (1 - 1 / 4**2)
    found = float(at_x4(white(VARIANCE), white(VARIANCE, seed=1)))
    assert found == pytest.approx(1 / (2 * freedom), rel=0.15)


def test_a_flat_window_has_nothing_to_be_explained():
    flat = torch.full((1, 1, 64, 64), 0.5).double()
    assert float(at_x4(flat, flat)) == 1
    noise = white(VARIANCE, side=64)
    assert float(at_x4(noise, flat)) < 1e-3
    assert float(at_x4(flat, noise)) < 1e-3


def test_windows_count_by_the_references_energy():
    """Half of the reference is faint and lost: what is lost is its share of the energy."""
    strong, faint = white(VARIANCE), white(VARIANCE / 100, seed=1)
    reference = torch.cat([strong, faint], dim=3)
    restored = torch.cat([strong, torch.full_like(faint, 0.5)], dim=3)
    assert float(at_x4(restored, reference)) == pytest.approx(100 / 101, abs=2e-3)
