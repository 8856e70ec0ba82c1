"""The shares and ranges are those of the paper's section 4.1 and of its authors' settings."""

from collections import Counter
from dataclasses import replace

import numpy as np
import pytest
from scipy.stats import binomtest, kstest

from asymmetry.core.randomness import draws
from asymmetry.data.second_order import (
    Degradation,
    Noise,
    Round,
    apply_degradation,
    draw_degradation,
)

MANY = 4000
RGB = np.random.default_rng(0).integers(0, 256, (40, 56, 3), dtype=np.uint8)
CLEAN = Round(None, "none", 1.0, "area", Noise(True, 0.0, False), 100)
NOTHING = Degradation((CLEAN, CLEAN), None, False, "area")


@pytest.fixture(scope="module")
def drawn() -> list[Degradation]:
    return [draw_degradation(draws(0, "degradation", step)) for step in range(MANY)]


def share(expected: float, found: int, of: int) -> None:
    """The share is the expected one: p above 1e-4, and the seed is fixed."""
    assert binomtest(found, of, expected).pvalue > 1e-4, (expected, found, of)


def test_shares_of_kernels(drawn: list[Degradation]):
    shapes = Counter(one.rounds[0].shape for one in drawn)
    assert shapes["none"] == 0
    for shape, expected in {
        "sinc": 0.1,
        "iso": 0.9 * 0.45,
        "aniso": 0.9 * 0.25,
        "generalised iso": 0.9 * 0.12,
        "generalised aniso": 0.9 * 0.03,
        "plateau iso": 0.9 * 0.12,
        "plateau aniso": 0.9 * 0.03,
    }.items():
        share(expected, shapes[shape], MANY)
    share(0.2, sum(one.rounds[1].shape == "none" for one in drawn), MANY)


def test_sizes_of_kernels_are_odd_from_7_to_21(drawn: list[Degradation]):
    sizes = Counter(len(one.rounds[0].kernel) for one in drawn)
    assert sorted(sizes) == [7, 9, 11, 13, 15, 17, 19, 21]
    for size in sizes:
        share(1 / 8, sizes[size], MANY)


@pytest.mark.parametrize(
    ("place", "shares", "low", "high"),
    [(0, (0.2, 0.7, 0.1), 0.15, 1.5), (1, (0.3, 0.4, 0.3), 0.3, 1.2)],
)
def test_resizing(drawn: list[Degradation], place, shares, low, high):
    factors = np.array([one.rounds[place].factor for one in drawn])
    for expected, found in zip(shares, [factors > 1, factors < 1, factors == 1], strict=True):
        share(expected, int(found.sum()), MANY)
    assert kstest(factors[factors > 1], "uniform", (1, high - 1)).pvalue > 1e-4
    assert kstest(factors[factors < 1], "uniform", (low, 1 - low)).pvalue > 1e-4
    kinds = Counter(one.rounds[place].interpolation for one in drawn)
    for kind in ("area", "bilinear", "bicubic"):
        share(1 / 3, kinds[kind], MANY)


@pytest.mark.parametrize(
    ("place", "gaussian", "poisson"), [(0, (1, 30), (0.05, 3)), (1, (1, 25), (0.05, 2.5))]
)
def test_noise(drawn: list[Degradation], place, gaussian, poisson):
    found = [one.rounds[place].noise for one in drawn]
    share(0.5, sum(noise.gaussian for noise in found), MANY)
    share(0.4, sum(noise.grey for noise in found), MANY)
    for kind, (low, high) in ((True, gaussian), (False, poisson)):
        strengths = [noise.strength for noise in found if noise.gaussian == kind]
        assert kstest(strengths, "uniform", (low, high - low)).pvalue > 1e-4


def test_jpeg_and_the_last_step(drawn: list[Degradation]):
    for place in (0, 1):
        qualities = [one.rounds[place].quality for one in drawn]
        assert (min(qualities), max(qualities)) == (30, 95)
        assert np.mean(qualities) == pytest.approx(62.5, abs=1.2)
    share(0.8, sum(one.kernel is not None for one in drawn), MANY)
    share(0.5, sum(one.sinc_first for one in drawn), MANY)


@pytest.mark.parametrize("scale", [1, 2, 3, 4])
def test_the_input_has_the_reduced_size(scale: int):
    for step in range(20):
        rng = draws(0, "degradation", step)
        low = apply_degradation(draw_degradation(rng), RGB, scale, rng)
        assert low.shape == (-(-40 // scale), -(-56 // scale), 3)
        assert low.dtype == np.uint8


def test_it_is_a_function_of_the_draws():
    def degraded(seed: int, step: int) -> np.ndarray:
        rng = draws(seed, "degradation", step)
        return apply_degradation(draw_degradation(rng), RGB, 4, rng)

    assert np.array_equal(degraded(0, 3), degraded(0, 3))
    assert not np.array_equal(degraded(0, 3), degraded(1, 3))
    assert not np.array_equal(degraded(0, 3), degraded(0, 4))


def test_nothing_drawn_is_a_mean_of_boxes_but_for_jpeg():
    smooth = np.tile(np.arange(0, 224, 4, dtype=np.uint8)[None, :, None], (40, 1, 3))
    low = apply_degradation(NOTHING, smooth, 4, draws(0, "noise"))
    means = smooth.reshape(10, 4, 14, 4, 3).mean((1, 3))
    assert np.abs(low - means).max() <= 3


@pytest.mark.parametrize("grey", [False, True])
def test_gaussian_noise_has_its_strength(grey: bool):
    flat = np.full((200, 200, 3), 128, np.uint8)
    noisy = replace(CLEAN, noise=Noise(True, 12.0, grey), quality=100)
    drawn = replace(NOTHING, rounds=(CLEAN, noisy))
    low = apply_degradation(drawn, flat, 1, draws(0, "noise")).astype(float)
    luma = low @ [0.299, 0.587, 0.114]
    # Independent channels average out in the luma; grey noise does not.
    expected = 12.0 if grey else 12.0 * np.linalg.norm([0.299, 0.587, 0.114])
    assert luma.std() == pytest.approx(expected, rel=0.05)


def test_poisson_noise_has_the_variance_of_counts():
    # 2 levels of grey, 64 and 192, are told apart by one photon in two.
    halves = np.full((200, 200, 3), 64, np.uint8)
    halves[:, 100:] = 192
    shot = replace(CLEAN, noise=Noise(False, 0.1, False), quality=100)
    drawn = replace(NOTHING, rounds=(shot, CLEAN))
    low = apply_degradation(drawn, halves, 1, draws(0, "noise")).astype(float)
    for columns, level in ((slice(0, 96), 64), (slice(104, 200), 192)):
        photons = level / 255 * 2
        green = low[:, columns] @ [0.299, 0.587, 0.114]
        expected = 0.1 * 255 / 2 * np.sqrt(photons) * np.linalg.norm([0.299, 0.587, 0.114])
        assert green.std() == pytest.approx(expected, rel=0.08)
