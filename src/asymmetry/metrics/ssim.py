"""Structural similarity, at one scale and at five, by Wang et al. (TIP 2004; Asilomar 2003).

They follow the authors' MATLAB code: a Gaussian window of 11 with sigma 1.5, only where it fits;
negative values are kept (pyiqa sets them to zero); large images are not reduced first.
"""

import math
from collections.abc import Sequence
from typing import NamedTuple

import torch
import torch.nn.functional as F
from torch import Tensor

from asymmetry.imaging.constants import constant
from asymmetry.metrics.separable import Paired

_WINDOW, _SIGMA = 11, 1.5
_BELL = [math.exp(-((place - _WINDOW // 2) ** 2) / (2 * _SIGMA**2)) for place in range(_WINDOW)]
_TAPS = [value / sum(_BELL) for value in _BELL]
_C1, _C2 = 0.01**2, 0.03**2
SCALE_WEIGHTS = (0.0448, 0.2856, 0.3001, 0.2363, 0.1333)


class Moments(NamedTuple):
    """Planes [B, C, H, W], and the windows' means and means of squares [B, C, H-10, W-10]."""

    planes: Tensor
    mean: Tensor
    square: Tensor


def moments(planes: Tensor) -> Moments:
    """What SSIM sees of planes [B, C, H, W] in 0..1; sides >= 11."""
    return Moments(planes, _blur(planes), _blur(planes**2))


def similarity_maps(x: Moments, y: Moments) -> tuple[Tensor, Tensor]:
    """Of each window the luminance and the contrast-structure similarity [B, C, H-10, W-10]."""
    products, squares = x.mean * y.mean, x.mean**2 + y.mean**2
    covariance = _blur(x.planes * y.planes) - products
    structure = (2 * covariance + _C2) / (x.square + y.square - squares + _C2)
    return (2 * products + _C1) / (squares + _C1), structure


def mean_maps(x: Moments, y: Moments) -> tuple[Tensor, Tensor]:
    """The means [B] of the SSIM map and of its contrast-structure part."""
    luminance, structure = similarity_maps(x, y)
    return (luminance * structure).mean(dim=(1, 2, 3)), structure.mean(dim=(1, 2, 3))


def scale_moments(planes: Tensor, count: int = len(SCALE_WEIGHTS)) -> list[Moments]:
    """The moments of planes [B, C, H, W] and of their means of 2 x 2, of those and so on."""
    found = [moments(planes)]
    for _ in range(count - 1):
        planes = F.avg_pool2d(planes, 2)
        found.append(moments(planes))
    return found


def scale_terms(x: Sequence[Moments], y: Sequence[Moments]) -> Tensor:
    """What MS-SSIM multiplies: contrast and structure, and of the last scale SSIM: [B, scales]."""
    maps = [mean_maps(*pair) for pair in zip(x, y, strict=True)]
    return torch.stack([*(structure for _, structure in maps[:-1]), maps[-1][0]], dim=1)


def product(terms: Tensor, weights: tuple[float, ...] = SCALE_WEIGHTS) -> Tensor:
    """The product [B] of the scales' terms [B, scales], each to the power of its weight (eq. 7)."""
    # A scale that correlates negatively counts as zero: its power is not a real number.
    terms = terms.clamp_min(1e-8)
    return (terms ** constant(weights, terms)).prod(dim=1)


def _blur(image: Tensor) -> Tensor:
    """Filter each channel with the window, where it fits: [B, C, H, W] to [B, C, H-10, W-10]."""
    return _filtered(_filtered(image, 3), 2)


def _filtered(image: Tensor, dim: int) -> Tensor:
    """The window along one dimension, as a sum of shifted images: ten times a convolution's speed.

    PyTorch has no fast convolution in double precision on a CPU.
    """
    size = image.shape[dim] - _WINDOW + 1
    first, *others = (image.narrow(dim, place, size) for place in range(_WINDOW))
    result = _TAPS[0] * first
    for tap, shifted in zip(_TAPS[1:], others, strict=True):
        result = result.add(shifted, alpha=tap)
    return result


# Averaged over pixels and channels: [B, C, H, W] in 0..1 twice to [B]; sides >= 11.
ssim = Paired(moments, lambda x, y: mean_maps(x, y)[0])
# The weighted product of five scales (eq. 7): as `ssim`; sides >= 176.
ms_ssim = Paired(scale_moments, lambda x, y: product(scale_terms(x, y)))
