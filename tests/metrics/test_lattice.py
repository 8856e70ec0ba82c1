"""Lattices of known decibels."""

import math

import pytest
import torch

from asymmetry.metrics.lattice import lattice, prominence, window_side
from tests.metrics.planted import grating, white

VARIANCE = 1e-4
# Of a line a cos(2 pi f x), under Hann's window of n pixels: (a / 2)^2 (sum w)^2 / (n^2 sum w^2),
# which is a^2 / 9. Of white noise: its variance / n^2.
BINS = {2: 32**2, 3: 30**2, 4: 32**2, 8: 32**2}


def comb(amplitude: float, period: int, side: int = 480) -> torch.Tensor:
    """Every pixel whose row and column `period` divides: all frequencies of the lattice alike."""
    image = torch.zeros(1, 1, side, side, dtype=torch.float64)
    image[..., ::period, ::period] = amplitude
    return image


@pytest.mark.parametrize("scale", [2, 4, 8])
@pytest.mark.parametrize("decibels", [3.0, 10.0, 20.0])
def test_a_comb_of_known_power_has_its_decibels(scale: int, decibels: float):
    """Its lines have the amplitude a / scale^2 each, twice the halves of a cosine."""
    wanted = 10 ** (decibels / 10) - 1
    amplitude = scale**2 * math.sqrt(wanted * VARIANCE / BINS[scale] * 9 / 4)
    reference = white(VARIANCE, side=480)
    value = float(lattice.at(scale)(reference + comb(amplitude, scale), reference))
    assert value == pytest.approx(decibels, abs=0.35)


def test_at_x3_the_lattice_has_periods_of_two_and_of_three():
    """8 of its 11 frequencies are multiples of 1/3, 3 of 1/2."""
    reference = white(VARIANCE, side=480)
    for period, share in ((3, 8 / 11), (2, 3 / 11)):
        amplitude = period**2 * math.sqrt(99 * VARIANCE / BINS[3] * 9 / 4)
        value = float(lattice.at(3)(reference + comb(amplitude, period), reference))
        assert value == pytest.approx(10 * math.log10(1 + 99 * share), abs=0.35)


@pytest.mark.parametrize("amplitude", [0.002, 0.005, 0.02])
def test_a_cosine_at_a_quarter_is_two_lines_of_fifteen(amplitude: float):
    reference = white(VARIANCE)
    restored = reference + amplitude * grating(1 / 4, 0.4, side=512)
    line = amplitude**2 / 9 / (VARIANCE / 32**2)
    expected = 10 * math.log10(1 + 2 / 15 * line)
    assert float(lattice.at(4)(restored, reference)) == pytest.approx(expected, abs=0.2)


@pytest.mark.parametrize("scale", [1, 2, 3, 4, 8])
def test_a_flat_image_has_no_line_and_a_lattice_on_it_has_all(scale: int):
    flat = torch.full((1, 1, 96, 96), 0.5).double()
    count = {1: 3, 2: 3, 3: 11, 4: 15, 8: 63}[scale]
    seen = prominence(flat, scale)
    torch.testing.assert_close(seen, torch.ones(1, count, dtype=torch.float64))
    checkers = flat + 0.01 * grating(1 / 2, side=96) * grating(1 / 2, side=96).mT
    assert int((prominence(checkers, scale) > 10).sum()) == 1
    assert float(lattice.at(scale)(checkers, flat)) > 10
    assert float(lattice.at(scale)(flat, checkers)) == pytest.approx(
        max(0.0, 10 * math.log10((count - 1) / count)), abs=0.01
    )


def test_its_frequencies_are_on_the_grid():
    assert {scale: window_side(scale) for scale in (1, 2, 3, 4, 8)} == {
        1: 32,
        2: 32,
        3: 30,
        4: 32,
        8: 32,
    }


@pytest.mark.parametrize("frequency", [3 / 32, 6 / 32, 12 / 32])
def test_a_texture_between_its_frequencies_is_no_lattice(frequency: float):
    reference = white(VARIANCE, side=128)
    restored = reference + 0.05 * grating(frequency, side=128)
    assert float(lattice.at(4)(restored, reference)) < 0.1


def test_a_lattice_that_the_reference_has_is_none():
    reference = white(VARIANCE) + comb(0.05, 4, side=512)
    assert float(lattice.at(4)(reference, reference)) == 0
    assert float(lattice.at(4)(reference + white(1e-8, seed=1) - 0.5, reference)) < 0.01
