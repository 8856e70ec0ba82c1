import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from PIL import Image
from pydantic import ValidationError
from scipy.signal import convolve2d

from asymmetry.core.randomness import draws
from asymmetry.data.degrade import degrade
from asymmetry.data.operations import (
    add_noise,
    blur,
    blur_and_reduce,
    compress,
    reduce_bicubic,
    resize,
)
from asymmetry.study import Task

RGB = np.random.default_rng(0).integers(0, 256, (48, 64, 3), dtype=np.uint8)
BLIND = Task(degradation="blind")


def test_bicubic_draws_nothing():
    task = Task(degradation="bicubic")
    first, second = degrade(task, RGB, draws(0, "a")), degrade(task, RGB, draws(1, "b"))
    assert np.array_equal(first, second)
    assert np.array_equal(first, reduce_bicubic(RGB, 4))


@pytest.mark.parametrize("scale", [1, 2, 3, 4, 8])
@pytest.mark.parametrize("kind", ["bicubic", "blind", "second-order"])
def test_size_and_type(kind, scale):
    degraded = degrade(Task(degradation=kind, scale=scale), RGB, draws(0, "a"))
    assert degraded.shape == (48 // scale, -(-64 // scale), 3)
    assert degraded.dtype == np.uint8


def test_bicubic_at_scale_one_changes_nothing():
    assert np.array_equal(degrade(Task(degradation="bicubic", scale=1), RGB, draws(0, "a")), RGB)


def test_blind_is_a_function_of_the_draws():
    first = degrade(BLIND, RGB, draws(0, "degradation", 3, 1))
    assert np.array_equal(first, degrade(BLIND, RGB, draws(0, "degradation", 3, 1)))
    for other in (draws(1, "degradation", 3, 1), draws(0, "degradation", 4, 1)):
        assert not np.array_equal(first, degrade(BLIND, RGB, other))


def test_blind_without_blur_and_noise_is_jpeg_of_bicubic():
    task = Task(degradation="blind", blur=(0, 0), noise=(0, 0), jpeg=(75, 75))
    assert np.array_equal(
        degrade(task, RGB, draws(0, "a")), compress(reduce_bicubic(RGB, task.scale), 75)
    )


def test_each_strength_stays_in_its_range(monkeypatch):
    seen = {"blur": [], "noise": [], "jpeg": []}
    module = "asymmetry.data.degrade"
    reduced = RGB[:2, :2]
    monkeypatch.setattr(
        f"{module}.blur_and_reduce", lambda _, s, __: seen["blur"].append(s) or reduced
    )
    monkeypatch.setattr(f"{module}.add_noise", lambda im, s, _: seen["noise"].append(s) or im)
    monkeypatch.setattr(f"{module}.compress", lambda rgb, q: seen["jpeg"].append(q) or rgb)
    task = Task(degradation="blind", blur=(0.2, 1.5), noise=(2, 8), jpeg=(60, 62))
    for step in range(200):
        degrade(task, RGB[:8, :8], draws(0, "a", step))
    assert 0.2 <= min(seen["blur"]) < 0.25 < 1.45 < max(seen["blur"]) <= 1.5
    assert 2 <= min(seen["noise"]) < 2.2 < 7.8 < max(seen["noise"]) <= 8
    assert set(seen["jpeg"]) == {60, 61, 62}


def test_blur_is_convolution_with_a_gaussian():
    reach = np.arange(-8, 9)
    taps = np.exp(-(reach**2) / (2 * 2.0**2))
    kernel = np.outer(taps, taps) / taps.sum() ** 2
    expected = convolve2d(RGB[..., 1].astype(float), kernel, "same", "symm")
    assert np.allclose(blur(RGB, 2.0)[..., 1], expected)
    assert np.array_equal(blur(RGB, 0.0), RGB)


def test_noise_has_its_sigma_and_no_correlation_of_channels():
    noise = add_noise(np.zeros((200, 200, 3)), 5.0, draws(0, "noise"))
    assert noise.std() == pytest.approx(5, rel=0.01)
    assert abs(noise.mean()) < 0.05
    assert np.abs(np.corrcoef(noise.reshape(-1, 3).T) - np.eye(3)).max() < 0.02


def test_compression_is_pillows(tmp_path):
    Image.fromarray(RGB).save(tmp_path / "a.jpg", quality=30)
    assert np.array_equal(compress(RGB, 30), np.asarray(Image.open(tmp_path / "a.jpg")))


def grey(level: int, side: int = 256) -> np.ndarray:
    return np.full((side, side, 3), level, np.uint8)


@pytest.mark.parametrize("sigma", [5.0, 25.0])
def test_the_psnr_of_a_noisy_image_is_that_of_its_sigma(sigma):
    task = Task(degradation="noise", scale=1, noise=(sigma, sigma))
    error = degrade(task, grey(128), draws(0, "a")).astype(float) - 128
    # Rounding to integers adds a variance of 1/12.
    expected = 10 * np.log10(255**2 / (sigma**2 + 1 / 12))
    assert 10 * np.log10(255**2 / np.square(error).mean()) == pytest.approx(expected, abs=0.03)


@pytest.mark.parametrize(
    "task",
    [
        Task(degradation="noise", scale=1, noise=(5, 50)),
        Task(degradation="blur", scale=1, blur=(0.5, 3), noise=(1, 3)),
        Task(degradation="blur", scale=1, psf=[[1, 2, 1]], noise=(1, 3)),
    ],
    ids=["noise", "gaussian", "psf"],
)
def test_denoising_and_deblurring_keep_the_size_and_count_their_draws(task):
    first = degrade(task, RGB, draws(0, "degradation", 3, 1))
    assert first.shape == RGB.shape
    assert first.dtype == np.uint8
    assert np.array_equal(first, degrade(task, RGB, draws(0, "degradation", 3, 1)))
    assert not np.array_equal(first, degrade(task, RGB, draws(0, "degradation", 3, 2)))


def test_a_gaussian_blur_without_noise_is_the_filter_rounded():
    task = Task(degradation="blur", scale=1, blur=(1.5, 1.5), noise=(0, 0))
    assert np.array_equal(
        degrade(task, RGB, draws(0, "a")), (blur(RGB, 1.5) + 0.5).astype(np.uint8)
    )


def test_a_psf_spreads_a_point_as_it_is_written():
    task = Task(degradation="blur", scale=1, psf=[[0, 0, 1], [0, 2, 0], [0, 0, 1]], noise=(0, 0))
    point = grey(0, 9)
    point[4, 4] = 200
    spread = degrade(task, point, draws(0, "a"))[3:6, 3:6, 1]
    assert spread.tolist() == [[0, 0, 50], [0, 100, 0], [0, 0, 50]]


@pytest.mark.parametrize(
    ("settings", "reason"),
    [
        ({"degradation": "noise"}, "scale: noise keeps the size; write `scale: 1`"),
        ({"degradation": "blur", "scale": 2}, "scale: blur keeps the size"),
        ({"degradation": "blind", "psf": [[1]]}, "psf: blind has none"),
        ({"degradation": "blur", "scale": 1, "psf": [[1, 1]]}, "one odd length"),
        ({"degradation": "blur", "scale": 1, "psf": [[1, 1, 1], [1]]}, "one odd length"),
        ({"degradation": "blur", "scale": 1, "psf": [[0]]}, "leaves no light"),
    ],
)
def test_a_task_that_cannot_be_is_refused(settings, reason):
    with pytest.raises(ValidationError, match=reason):
        Task(**settings)


@given(
    height=st.integers(2, 12),
    width=st.integers(2, 12),
    sigma=st.floats(0, 4),
    seed=st.integers(0, 2**32 - 1),
)
def test_blurring_the_weights_of_a_reduction_is_blurring_the_image(
    height: int, width: int, sigma: float, seed: int
):
    image = np.random.default_rng(seed).integers(0, 256, (4 * height, 4 * width, 3), np.uint8)
    expected = resize(blur(image, sigma), 1 / 4)
    np.testing.assert_allclose(blur_and_reduce(image, sigma, 4), expected, rtol=0, atol=1e-11)


@pytest.mark.parametrize("key", ["blur", "noise", "jpeg"])
def test_second_order_has_its_own_ranges(key):
    with pytest.raises(ValidationError, match=f"{key}: second-order has its own ranges"):
        Task(degradation="second-order", **{key: (1, 2)})
    known = Task(degradation="second-order").model_dump()
    assert Task(**known).degradation == "second-order"  # as a job reads the study again
