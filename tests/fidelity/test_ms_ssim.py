import math

import pytest
import skimage.data
import torch
from hypothesis import given, settings
from hypothesis import strategies as st
from scipy.ndimage import gaussian_filter

from asymmetry.fidelity.ms_ssim import EXPONENTS, ms_ssim, scales
from asymmetry.imaging.colour import grey


def photo(side: int) -> torch.Tensor:
    pixels = skimage.data.astronaut()[100 : 100 + side, 150 : 150 + side]
    return torch.from_numpy(pixels.copy()).permute(2, 0, 1)[None].float() / 255


def eight_bit_grey(image: torch.Tensor) -> torch.Tensor:
    return ((grey(image) * 255).round() / 255).expand(-1, 3, -1, -1)


@pytest.mark.slow
@pytest.mark.parametrize("sigma", [0.8, 1.5, 3.0])
def test_equals_pyiqa_at_five_scales(sigma: float):
    """On grey images of 8 bits: pyiqa rounds the luma first, which a loss must not do."""
    from asymmetry.core import torchvision_ops  # noqa: F401, I001
    import pyiqa

    reference = eight_bit_grey(photo(192))
    blurred = gaussian_filter(reference.numpy(), (0, 0, sigma, sigma))
    restored = eight_bit_grey(torch.from_numpy(blurred))
    oracle = pyiqa.create_metric("ms_ssim", device="cpu")(restored, reference)
    assert 1 - ms_ssim(restored, reference).item() == pytest.approx(oracle.item(), abs=1e-4)


@pytest.mark.parametrize(
    ("side", "expected"), [(11, 1), (21, 1), (22, 2), (64, 3), (175, 4), (176, 5), (2000, 5)]
)
def test_as_many_scales_as_there_is_room_for(side: int, expected: int):
    assert scales(side) == expected
    reference = torch.rand(1, 3, min(side, 200), min(side, 200))
    assert ms_ssim(reference, reference).item() == pytest.approx(0, abs=1e-6)


@settings(deadline=None)
@given(st.floats(0.05, 1), st.floats(0.05, 1), st.sampled_from([16, 64]))
def test_closed_form_of_constant_images(a: float, b: float, side: int):
    """Only the luminance of the coarsest scale differs."""
    used = EXPONENTS[: scales(side)]
    luminance = (2 * a * b + 1e-4) / (a**2 + b**2 + 1e-4)
    expected = 1 - math.pow(luminance, used[-1] / sum(used))
    x = torch.ones(1, 3, side, side)
    assert ms_ssim(a * x, b * x).item() == pytest.approx(expected, abs=2e-3)


def test_grows_with_blur():
    reference = photo(64)
    values = [
        ms_ssim(
            torch.from_numpy(gaussian_filter(reference.numpy(), (0, 0, s, s))), reference
        ).item()
        for s in (0.5, 1, 2, 4)
    ]
    assert values == sorted(values)
