"""The distance of normalised Laplacian pyramids, NLPD, by Laparra et al. (HVEI 2016).

As the authors' MATLAB code computes it (`NLP_dist.m`): six levels of Burt and Adelson's pyramid,
each divided by a local amplitude, and the mean of the levels' root mean squared differences. pyiqa
leaves the farthest neighbour of the first level out, 0.1 % of the value.
"""

import torch
import torch.nn.functional as F
from torch import Tensor

from asymmetry.imaging.constants import constant
from asymmetry.metrics.borders import bordered
from asymmetry.metrics.separable import Paired

_TAPS = (0.05, 0.25, 0.4, 0.25, 0.05)
_REACH = len(_TAPS) // 2
# Of each level, finest first: the constant and the weights of neighbours, by rows and columns away.
_AMPLITUDES: tuple[tuple[float, dict[tuple[int, int], float]], ...] = (
    (
        0.0248,
        {(1, 0): 0.1011, (0, 1): 0.1493, (0, -1): 0.1460, (-1, 0): 0.1015, (0, -2): 0.0072},
    ),
    (0.0185, {(1, 0): 0.0757, (0, 1): 0.1986, (0, -1): 0.1846, (-1, 0): 0.0837}),
    (0.0179, {(1, 0): 0.0477, (0, 1): 0.2138, (0, -1): 0.2243, (-1, 0): 0.0467}),
    (0.0191, {(0, 1): 0.2503, (0, -1): 0.2616}),
    (0.0220, {(0, 1): 0.2598, (0, -1): 0.2552}),
    (0.2782, {(0, 1): 0.2215, (0, -1): 0.0717}),
)
# Keeps the root differentiable at zero; far below the ninth decimal of the value.
_SMALLEST_SQUARE = 1e-20


def pyramid(plane: Tensor) -> list[Tensor]:
    """The normalised levels [B, 1, h, w] of a plane [B, 1, H, W] in 0..1, finest first."""
    levels = []
    for _ in _AMPLITUDES[1:]:
        smaller = _reduced(plane)
        levels.append(plane - _expanded(smaller, plane.shape[2], plane.shape[3]))
        plane = smaller
    levels.append(plane)
    return [_normalised(level, *how) for level, how in zip(levels, _AMPLITUDES, strict=True)]


def _normalised(level: Tensor, floor: float, neighbours: dict[tuple[int, int], float]) -> Tensor:
    """A level over its neighbours' mean magnitude, zeros beyond the border."""
    height, width = level.shape[2:]
    padded = F.pad(level.abs(), (_REACH,) * 4)
    amplitude = torch.full_like(level, floor)
    for (down, across), weight in neighbours.items():
        shifted = padded[..., _REACH + down :, _REACH + across :][..., :height, :width]
        amplitude = amplitude.add(shifted, alpha=weight)
    return level / amplitude


def _reduced(plane: Tensor) -> Tensor:
    """Smoothed, the border mirrored with its pixels, and every second row and column kept."""
    return _smooth(bordered(plane, _REACH, "symmetric"))[..., ::2, ::2]


def _expanded(plane: Tensor, height: int, width: int) -> Tensor:
    """Twice as large, by zeros in between and smoothing, the border repeated."""
    padded = bordered(plane, 1, "symmetric")
    rows, columns = padded.shape[2:]
    apart = padded.new_zeros(*padded.shape[:2], rows, 2, columns, 2)
    apart[..., 0, :, 0] = 4 * padded
    return _smooth(apart.flatten(4).flatten(2, 3))[..., :height, :width]


def _smooth(plane: Tensor) -> Tensor:
    taps = constant(_TAPS, plane)
    return F.conv2d(F.conv2d(plane, taps.view(1, 1, -1, 1)), taps.view(1, 1, 1, -1))


def _distance(restored: list[Tensor], reference: list[Tensor]) -> Tensor:
    """The mean over levels of the root mean squared difference, [B]."""
    squares = [
        (x - y).square().mean(dim=(1, 2, 3)) for x, y in zip(restored, reference, strict=True)
    ]
    return (torch.stack(squares, dim=1) + _SMALLEST_SQUARE).sqrt().mean(dim=1)


# Grey [B, 1, H, W] in 0..1 twice to [B]; 0 is best; sides >= 64.
nlpd = Paired(pyramid, _distance)
