import csv

import numpy as np
import pytest
import torch
from hypothesis import given
from hypothesis import strategies as st
from numpy.lib.stride_tricks import sliding_window_view

from asymmetry.data.images import read_rgb
from asymmetry.data.modes import round_to_uint8
from asymmetry.data.operations import reduce_bicubic, resize
from asymmetry.imaging.resize import cubic, imresize

BORDER = 4


def luma(rgb):
    """Y of BT.601, studio range, not rounded, [H,W,1]; in float32, as for the published values."""
    weights = np.array([65.481, 128.553, 24.966])
    return ((rgb.astype(np.float32) / 255) @ weights + 16).astype(np.float32)[..., None]


def psnr(one, other):
    return 10 * np.log10(255**2 / np.mean((one.astype(np.float64) - other) ** 2))


def ssim(one, other):
    """Wang et al. 2004: 11 x 11 Gaussian window of sigma 1.5, valid part, mean over channels."""
    taps = np.exp(-((np.arange(11) - 5) ** 2) / (2 * 1.5**2))
    window = np.outer(taps, taps) / taps.sum() ** 2

    def mean(values):
        return np.einsum("hwcij,ij->hwc", sliding_window_view(values, (11, 11), (0, 1)), window)

    x, y = one.astype(np.float64), other.astype(np.float64)
    mx, my = mean(x), mean(y)
    vx, vy, cov = mean(x * x) - mx**2, mean(y * y) - my**2, mean(x * y) - mx * my
    c1, c2 = (0.01 * 255) ** 2, (0.03 * 255) ** 2
    return np.mean((2 * mx * my + c1) * (2 * cov + c2) / ((mx**2 + my**2 + c1) * (vx + vy + c2)))


@pytest.fixture(scope="module")
def baboon(shared):
    folder = shared / "data/calibration/basicsr_realesrgan"
    return {name: read_rgb(folder / name / "baboon.png") for name in ("gt", "lq", "derived_bic")}


def test_published_psnr_and_ssim_of_the_enlarged_baboon(shared, baboon):
    """BasicSR's table of MATLAB results: six decimals pin imresize, PSNR and SSIM at once."""
    with (shared / "data/calibration/reference_values.csv").open() as file:
        rows = [row for row in csv.DictReader(file) if row["set"] == "basicsr"]
    published = {row["metric"]: float(row["value"]) for row in rows}
    enlarged = round_to_uint8(resize(baboon["lq"], 4))
    crop = slice(BORDER, -BORDER)
    one, other = enlarged[crop, crop], baboon["gt"][crop, crop]
    measured = {
        "psnr": psnr(one, other),
        "ssim": ssim(one, other),
        "psnr_y": psnr(luma(one), luma(other)),
        "ssim_y": ssim(luma(one), luma(other)),
    }
    for name, value in measured.items():
        assert value == pytest.approx(published[name], abs=1e-6), name


def test_both_directions_give_the_published_pixels(baboon):
    assert np.array_equal(reduce_bicubic(baboon["gt"], 4), baboon["lq"])
    assert np.array_equal(round_to_uint8(resize(baboon["lq"], 4)), baboon["derived_bic"])


def test_halving_by_hand():
    """Inside, a halved pixel is (-3 -9 29 111 111 29 -9 -3) / 256 of the eight around it."""
    impulse = torch.zeros(1, 1, 32, 32, dtype=torch.float64)
    impulse[0, 0, 16] = 256
    halved = imresize(impulse, 0.5)[0, 0, :, 8]
    expected = torch.zeros(16, dtype=torch.float64)
    expected[6:10] = torch.tensor([-3, 29, 111, -9])
    assert torch.allclose(halved, expected)


def test_kernel_values():
    values = cubic(torch.tensor([0, 0.5, 1, 1.5, 2, 3, -0.5], dtype=torch.float64))
    assert values.tolist() == [1, 0.5625, 0, -0.0625, 0, 0, 0.5625]


@given(st.integers(1, 40), st.integers(1, 40), st.sampled_from([0.25, 1 / 3, 0.5, 0.7, 1, 2, 3, 4]))
def test_size_constants_and_scale_one(height, width, scale):
    image = torch.rand(2, 3, height, width, generator=torch.Generator().manual_seed(0))
    resized = imresize(image, scale)
    assert resized.shape == (2, 3, -int(-height * scale // 1), -int(-width * scale // 1))
    assert resized.dtype == image.dtype
    constant = imresize(torch.full_like(image, 0.3), scale)
    assert torch.allclose(constant, torch.full_like(constant, 0.3), atol=1e-6)
    if scale == 1:
        assert torch.equal(resized, image)


def test_mirrored_image_gives_mirrored_result():
    image = torch.rand(1, 3, 24, 36, dtype=torch.float64)
    for scale in (0.25, 0.5, 3):
        assert torch.allclose(imresize(image.flip(3), scale), imresize(image, scale).flip(3))


def test_gradient():
    image = torch.rand(1, 1, 8, 8, dtype=torch.float64, requires_grad=True)
    assert torch.autograd.gradcheck(lambda x: imresize(x, 0.5), image)
