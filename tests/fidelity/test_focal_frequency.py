import math

import pytest
import torch

from asymmetry.fidelity.focal_frequency import focal_frequency


def waves() -> torch.Tensor:
    """Whole numbers of the machine: [2, 3, 12, 10] in 0..1."""
    return torch.arange(720).mul(37).remainder(101).view(2, 3, 12, 10) / 100


def test_is_what_the_authors_say():
    """Their package focal-frequency-loss 0.3.0, image by image."""
    values = focal_frequency(waves(), waves().roll(1, dims=3))
    assert values.tolist() == pytest.approx([0.17850856, 0.18809414], rel=1e-6)


def test_one_wave_by_hand():
    """A cosine of amplitude a has two coefficients, a sqrt(HW) / 2, that weigh 1."""
    wave = 0.2 * torch.cos(2 * math.pi * 3 * torch.arange(16.0) / 16).expand(1, 3, 8, 16)
    value = focal_frequency(wave, torch.zeros_like(wave))
    assert value.item() == pytest.approx(2 * (0.2**2 * 128 / 4) / 128, rel=1e-5)


def test_the_larger_of_two_frequencies_weighs_more():
    places = torch.arange(16.0) / 16
    large, small = (a * torch.cos(2 * math.pi * k * places) for a, k in ((0.4, 2), (0.1, 5)))
    image = (large + small).expand(1, 3, 8, 16)
    value = focal_frequency(image, torch.zeros_like(image))
    assert value.item() == pytest.approx((0.4**2 + 0.25 * 0.1**2) / 2, rel=1e-5)
