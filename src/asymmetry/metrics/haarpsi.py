"""Haar wavelet-based perceptual similarity, HaarPSI, by Reisenhofer et al. (SPIC 2018).

As the authors' MATLAB code computes it for colour: YIQ in 0..255, means of 2 x 2 pixels first. Haar
coefficients of the two finest scales are compared, those of the third weigh; chroma weighs by the
mean of both orientations.
"""

from typing import NamedTuple

import torch
import torch.nn.functional as F
from torch import Tensor

from asymmetry.metrics.gradients import decimated, similarity
from asymmetry.metrics.grid import mixed
from asymmetry.metrics.separable import Paired

_YIQ = (0.299, 0.587, 0.114, 0.596, -0.274, -0.322, 0.211, -0.523, 0.312)
_C, _ALPHA = 30.0, 4.2
_EPS = 1e-12


class Seen(NamedTuple):
    """Magnitudes [B, 2, h, w]: of coefficients down and across, by scale, and of I and Q."""

    finest: Tensor
    fine: Tensor
    colour: Tensor
    coarse: Tensor


def _describe(image: Tensor) -> Seen:
    yiq = decimated(mixed(image, _YIQ) * 255, 2)
    finest, fine, coarse = (_haar(yiq[:, :1], size) for size in (2, 4, 8))
    colour = F.avg_pool2d(F.pad(yiq[:, 1:], (0, 1, 0, 1)), 2, stride=1).abs()
    return Seen(finest, fine, colour, coarse)


def _haar(plane: Tensor, size: int) -> Tensor:
    """Magnitudes [B, 2, h, w] of the filters of `size` pixels, as `conv2(..., 'same')` places them.

    Sums of one half less sums of the other, over `size`.
    """
    half = size // 2
    padded = F.pad(plane, (half - 1, half, half - 1, half))
    rows = F.avg_pool2d(padded, (half, size), stride=1) * half
    columns = F.avg_pool2d(padded, (size, half), stride=1) * half
    down = rows[..., :-half, :] - rows[..., half:, :]
    across = columns[..., :-half] - columns[..., half:]
    return torch.cat([down, across], dim=1).abs()


def _compare(restored: Seen, reference: Seen) -> Tensor:
    """The weighted mean of logistic similarities, taken back through the logistic, squared."""
    finest, fine, colour = (
        similarity(x, y, _C) for x, y in zip(restored[:3], reference[:3], strict=True)
    )
    alike = torch.cat([(finest + fine) / 2, colour.mean(dim=1, keepdim=True)], dim=1)
    weight = torch.maximum(restored.coarse, reference.coarse)
    weight = torch.cat([weight, weight.mean(dim=1, keepdim=True)], dim=1)
    # Where nothing weighs, in two black images, all of it counts alike.
    weight = weight + _EPS
    mean = ((alike * _ALPHA).sigmoid() * weight).sum(dim=(1, 2, 3)) / weight.sum(dim=(1, 2, 3))
    return (mean.logit() / _ALPHA).square()


# RGB [B, 3, H, W] in 0..1 twice to [B]; 1 is best; sides >= 16.
haarpsi = Paired(_describe, _compare)
