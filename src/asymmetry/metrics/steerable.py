"""A steerable pyramid in space (Simoncelli and Freeman, ICIP 1995): the 'sp5Filters'.

It follows matlabPyrTools, with images mirrored about their outermost pixels ('reflect1'). Of its
six orientations, the two along the axes are computed.
"""

from collections.abc import Iterator
from functools import lru_cache

import torch
import torch.nn.functional as F
from torch import Tensor

# Each a quadrant, the last row and column in the middle of the filter.
_FIRST_LOW = (
    (0.00341614, -0.01551246, -0.03848215),
    (-0.01551246, 0.05586982, 0.15925570),
    (-0.03848215, 0.15925570, 0.40304148),
)
# Twice the values: of a level of half the size.
_LOW = (
    (0.00170808, -0.00489834, -0.00775634, -0.01888864, -0.01924108),
    (-0.00489834, -0.01046562, -0.01322234, 0.00821200, 0.02005976),
    (-0.00775634, -0.01322234, 0.02793492, 0.06554076, 0.07962786),
    (-0.01888864, 0.00821200, 0.06554076, 0.12852666, 0.16339236),
    (-0.01924108, 0.02005976, 0.07962786, 0.16339236, 0.20193080),
)
# Antisymmetric across, symmetric down; the other orientation is its transpose.
_BAND = (
    (0.00277643, -0.00986904, -0.01021852, 0.0),
    (0.00496194, -0.00893064, -0.03075356, 0.0),
    (0.01026699, 0.01189859, -0.08226445, 0.0),
    (0.01455399, 0.02755155, -0.11732297, 0.0),
)


def in_8_bits(plane: Tensor) -> Tensor:
    """Values in 0..1 to integers in 0..255, with the gradient of the unrounded ones."""
    values = plane * 255
    return values + (values.round() - values).detach()


def axis_bands(plane: Tensor, levels: int) -> Iterator[Tensor]:
    """The bands along and across, finest level first: of [B, 1, H, W] each [B, 2, h, w]."""
    like = (plane.dtype, plane.device)
    low = _correlate(plane, _low_pass(_FIRST_LOW, *like))
    for level in range(levels):
        yield _correlate(low, _axis_filters(*like))
        if level < levels - 1:
            low = _correlate(low, _low_pass(_LOW, *like), stride=2)


def _correlate(plane: Tensor, filters: Tensor, stride: int = 1) -> Tensor:
    padded = F.pad(plane, (filters.shape[-1] // 2,) * 4, "reflect")
    return F.conv2d(padded, filters, stride=stride)


@lru_cache(maxsize=16)
def _low_pass(
    quadrant: tuple[tuple[float, ...], ...], dtype: torch.dtype, device: torch.device
) -> Tensor:
    with torch.inference_mode(False):
        return _unfold(torch.tensor(quadrant, dtype=torch.float64), 1)[None, None].to(device, dtype)


@lru_cache(maxsize=16)
def _axis_filters(dtype: torch.dtype, device: torch.device) -> Tensor:
    with torch.inference_mode(False):
        band = _unfold(torch.tensor(_BAND, dtype=torch.float64), -1)
        return torch.stack([band, band.T]).unsqueeze(1).to(device, dtype)


def _unfold(quadrant: Tensor, sign: int) -> Tensor:
    """The whole filter of a quadrant; `sign` is that of the right half."""
    left = torch.cat([quadrant, quadrant[:-1].flip(0)])
    return torch.cat([left, sign * left[:, :-1].flip(1)], dim=1)
