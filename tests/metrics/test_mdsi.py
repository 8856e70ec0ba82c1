import pytest
import torch
import torch.nn.functional as F

from asymmetry.metrics.mdsi import mdsi
from tests.metrics.pairs import colour_pair


def test_is_what_piq_says():
    """piq 0.8.0, in double precision."""
    assert float(mdsi(*colour_pair(96, 80))) == pytest.approx(0.22416768440825077, abs=1e-12)


def test_is_what_piq_says_of_a_large_image():
    """One that is reduced by two first."""
    large = (F.interpolate(image, scale_factor=4) for image in colour_pair(200, 210))
    pair = (image[..., :520, :640] for image in large)
    assert float(mdsi(*pair)) == pytest.approx(0.2731854849470738, abs=1e-12)


def test_half_an_image_without_chroma_is_the_closed_form():
    """Flat but for chroma: of one half the similarity s is 550 / (550 + c^2), of the other 1.

    The fourth roots then deviate from their mean by half of what they differ.
    """
    reference = torch.full((1, 3, 64, 64), 0.5, dtype=torch.float64)
    restored = reference.clone()
    # No luma: 0.2989 r + 0.587 g + 0.114 b = 0.
    change = torch.tensor([0.114, 0.0, -0.2989], dtype=torch.float64)
    restored[..., 32:] += change.view(1, 3, 1, 1) / 2
    h, m = (
        255 * sum(weight * float(level) for weight, level in zip(row, levels, strict=True))
        for row in ((0.30, 0.04, -0.35), (0.34, -0.6, 0.17))
        for levels in ([0.5 + float(value) / 2 for value in change],)
    )
    flat_h, flat_m = 255 * 0.5 * (0.30 + 0.04 - 0.35), 255 * 0.5 * (0.34 - 0.6 + 0.17)
    alike = (2 * (h * flat_h + m * flat_m) + 550) / (h**2 + m**2 + flat_h**2 + flat_m**2 + 550)
    expected = ((1 - (0.6 + 0.4 * alike) ** 0.25) / 2) ** 0.25
    assert float(mdsi(restored, reference)) == pytest.approx(expected, rel=1e-9)
