"""Structural similarity, at one scale and at five, by Wang et al. (TIP 2004; Asilomar 2003).

As the authors' MATLAB code computes them: Gaussian window of 11 with sigma 1.5, only where it
fits, and negative values kept (pyiqa sets them to zero). No reduction of large images first.
"""

import math

import torch
import torch.nn.functional as F
from torch import Tensor

from asymmetry.metrics.constants import constant

_WINDOW, _SIGMA = 11, 1.5
_BELL = [math.exp(-((place - _WINDOW // 2) ** 2) / (2 * _SIGMA**2)) for place in range(_WINDOW)]
_TAPS = [value / sum(_BELL) for value in _BELL]
_C1, _C2 = 0.01**2, 0.03**2
_WEIGHTS = (0.0448, 0.2856, 0.3001, 0.2363, 0.1333)


def ssim(restored: Tensor, reference: Tensor) -> Tensor:
    """SSIM averaged over pixels and channels: [B, C, H, W] in 0..1 twice to [B]; sides >= 11."""
    return mean_maps(restored, reference)[0]


def ms_ssim(restored: Tensor, reference: Tensor) -> Tensor:
    """MS-SSIM, the weighted product of five scales (eq. 7): as `ssim`; sides >= 176.

    A scale that correlates negatively counts as zero: its power is not a real number.
    """
    terms = scale_terms(restored, reference).clamp_min(1e-8)
    return (terms ** constant(_WEIGHTS, terms)).prod(dim=1)


def scale_terms(restored: Tensor, reference: Tensor) -> Tensor:
    """What MS-SSIM multiplies: contrast and structure of four scales, SSIM of the fifth: [B, 5]."""
    terms = []
    for _ in _WEIGHTS[:-1]:
        terms.append(mean_maps(restored, reference)[1])
        restored, reference = (F.avg_pool2d(image, 2) for image in (restored, reference))
    terms.append(ssim(restored, reference))
    return torch.stack(terms, dim=1)


def mean_maps(restored: Tensor, reference: Tensor) -> tuple[Tensor, Tensor]:
    """The means [B] of the SSIM map and of its contrast-structure part."""
    mean_x, mean_y = _blur(restored), _blur(reference)
    variance = _blur(restored**2) + _blur(reference**2) - mean_x**2 - mean_y**2
    covariance = _blur(restored * reference) - mean_x * mean_y
    structure = (2 * covariance + _C2) / (variance + _C2)
    luminance = (2 * mean_x * mean_y + _C1) / (mean_x**2 + mean_y**2 + _C1)
    return (luminance * structure).mean(dim=(1, 2, 3)), structure.mean(dim=(1, 2, 3))


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
