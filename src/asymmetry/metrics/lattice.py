"""Lattice: the regular patterns that upsampling leaves.

Transposed convolutions and shuffles of pixels leave patterns that repeat every `scale` or every
second pixel (Odena, Dumoulin and Olah, Distill 2016; Durall, Keuper and Keuper, CVPR 2020): lines
in the spectrum at multiples of 1 / scale and of 1/2 cycles a pixel. The measure is ours. It sees
lines only: blocks of equal pixels, which repeat nothing in a flat area, are hardly a lattice.
"""

from functools import lru_cache, partial
from itertools import product
from math import lcm

import torch
from torch import Tensor

from asymmetry.metrics.scaled import Scaled
from asymmetry.metrics.separable import Paired
from asymmetry.metrics.spectra import ROUNDING, SIDE, spectra

# Hann's window spreads a line over its bin and the bins beside it. These are the next: of the same
# column, and of the same row.
_NEIGHBOURS = (((-2, 0), (2, 0)), ((0, -2), (0, 2)))


def prominence(planes: Tensor, scale: int) -> Tensor:
    """The power at each frequency of the lattice over that around it: [B, 1, H, W] to [B, n].

    Sides >= 32, planes in 0..1. Powers are averaged over all windows and have the noise of rounding
    to 8 bits added, so a flat image has 1 everywhere. What is around are the bins two bins away, by
    the geometric mean of a pair, so that a slope of the spectrum does not count: the pair in the
    row or that in the column, whichever has more, so that the streak of an edge does not either.
    """
    side = window_side(scale)
    lines, around = _places(scale, planes.device)
    found = spectra(planes, side)
    power = (found.real.square() + found.imag.square()).mean(dim=1).flatten(1) + ROUNDING / side**2
    return power[:, lines] / power[:, around].prod(dim=3).sqrt().amax(dim=2)


def window_side(scale: int) -> int:
    """The largest side up to 32 on whose grid of frequencies the lattice lies."""
    return SIDE - SIDE % lcm(2, scale)


def _excess(restored: Tensor, reference: Tensor) -> Tensor:
    return (10 * (restored / reference).mean(dim=1).log10()).clamp_min(0)


def _at(scale: int) -> Paired[Tensor]:
    return Paired(partial(prominence, scale=max(scale, 1)), _excess)


@lru_cache(maxsize=8)
def _places(scale: int, device: torch.device) -> tuple[Tensor, Tensor]:
    """The lattice's places [n] in the flat half of a spectrum, and their neighbours' [n, 2, 2]."""
    with torch.inference_mode(False):
        side = window_side(scale)
        nodes = {
            (row, column)
            for period in (2, scale)
            for row, column in product(range(0, side, side // period), repeat=2)
            if row or column
        }
        lines = [_place(row, column, side) for row, column in sorted(nodes)]
        around = [
            [
                [_place(row + down, column + right, side) for down, right in pair]
                for pair in _NEIGHBOURS
            ]
            for row, column in sorted(nodes)
        ]
        return torch.tensor(lines, device=device), torch.tensor(around, device=device)


def _place(row: int, column: int, side: int) -> int:
    """Where the flat half of a real image's spectrum has a frequency, or its mirror."""
    if column % side > side // 2:
        row, column = -row, -column
    return row % side * (side // 2 + 1) + column % side


# Luma [B, 1, H, W] in 0..1 twice to [B] in dB; 0 is best. The mean over the lattice of how much
# more its frequencies stand out than in the reference, each beside its own. Where they stand out
# less in the mean, as interpolation leaves them, that is no lattice: 0.
lattice = Scaled(_at)
