"""Lattice: the regular patterns that upsampling leaves.

Transposed convolutions and shuffles of pixels leave patterns that repeat every `scale` or every
second pixel (Odena, Dumoulin and Olah, Distill 2016; Durall, Keuper and Keuper, CVPR 2020): lines
in the spectrum at multiples of 1 / scale and of 1/2 cycles a pixel. The measure is ours.
"""

from functools import lru_cache, partial
from itertools import product
from math import lcm

import torch
from torch import Tensor

from asymmetry.metrics.scaled import Scaled
from asymmetry.metrics.separable import Paired
from asymmetry.metrics.spectra import ROUNDING, SIDE, spectra

# Hann's window spreads a line over its bin and the bins beside it: these are the next.
_RING = [
    (down, across)
    for down, across in product(range(-2, 3), repeat=2)
    if max(abs(down), abs(across)) == 2
]


def prominence(planes: Tensor, scale: int) -> Tensor:
    """The power at each frequency of the lattice over that around it: [B, 1, H, W] to [B, n].

    Sides >= 32, planes in 0..1. Powers are averaged over all windows and have the noise of rounding
    to 8 bits added, so a flat image has 1 everywhere. Around are the 16 bins two bins away, by their
    geometric mean: on a steady slope of the spectrum it is the level of the middle.
    """
    side = window_side(scale)
    lines, around = _places(scale, planes.device)
    found = spectra(planes, side)
    power = (found.real.square() + found.imag.square()).mean(dim=1).flatten(1) + ROUNDING / side**2
    return power[:, lines] / power[:, around].log().mean(dim=2).exp()


def window_side(scale: int) -> int:
    """The largest side up to 32 on whose grid of frequencies the lattice lies."""
    return SIDE - SIDE % lcm(2, scale)


def _excess(restored: Tensor, reference: Tensor) -> Tensor:
    return (10 * (restored / reference).mean(dim=1).log10()).clamp_min(0)


def _at(scale: int) -> Paired[Tensor]:
    return Paired(partial(prominence, scale=max(scale, 1)), _excess)


@lru_cache(maxsize=8)
def _places(scale: int, device: torch.device) -> tuple[Tensor, Tensor]:
    """The lattice's places [n] in the flat half of a spectrum, and those around each [n, 16]."""
    with torch.inference_mode(False):
        side = window_side(scale)
        nodes = {
            (row, column)
            for period in (2, scale)
            for row, column in product(range(0, side, side // period), repeat=2)
            if row or column
        }
        lines = [_place(row, column, side) for row, column in sorted(nodes)]
        rings = [
            [_place(row + down, column + across, side) for down, across in _RING]
            for row, column in sorted(nodes)
        ]
        return torch.tensor(lines, device=device), torch.tensor(rings, device=device)


def _place(row: int, column: int, side: int) -> int:
    """Where the flat half of a real image's spectrum has a frequency, or its mirror."""
    if column % side > side // 2:
        row, column = -row, -column
    return row % side * (side // 2 + 1) + column % side


# Luma [B, 1, H, W] in 0..1 twice to [B] in dB; 0 is best. The mean over the lattice of how much
# more its frequencies stand out than in the reference, each beside its own. Where they stand out
# less in the mean, as interpolation leaves them, that is no lattice: 0.
lattice = Scaled(_at)
