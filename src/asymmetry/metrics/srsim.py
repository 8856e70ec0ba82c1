"""Spectral residual based similarity, SR-SIM, by Zhang and Li (ICIP 2012).

As the authors' MATLAB code computes it: gradients of the luma, reduced to about 256 pixels, are
compared where either image is salient by its spectral residual (Hou and Zhang, CVPR 2007). Saliency
is computed in double precision.
"""

import math
from functools import lru_cache
from typing import NamedTuple

import torch
import torch.nn.functional as F
from torch import Tensor

from asymmetry.imaging.resize import weights
from asymmetry.metrics.borders import bordered
from asymmetry.metrics.gradients import SCHARR, as_seen, gradient_magnitude, similarity
from asymmetry.metrics.separable import Paired

_OF_SALIENCY, _OF_GRADIENT = 0.40, 225.0
_POWER_OF_GRADIENT = 0.5
_SCALE = 0.25
_WINDOW, _SIGMA = 10, 3.8
# Amplitudes below it are rounding: those of a flat image. Natural ones are above 1.
_SMALLEST_AMPLITUDE = 1e-6
_EPS = torch.finfo(torch.float64).eps


class Seen(NamedTuple):
    """Saliency 0..1 and gradient, each [B, 1, H, W]."""

    saliency: Tensor
    gradient: Tensor


def srsim_of(window: int) -> Paired[Seen]:
    """SR-SIM whose saliency is smoothed by a Gaussian of `window` pixels."""

    def describe(plane: Tensor) -> Seen:
        luma = as_seen(plane) * 255
        return Seen(saliency(luma, window), gradient_magnitude(luma, SCHARR))

    return Paired(describe, _compare)


def saliency(luma: Tensor, window: int) -> Tensor:
    """How salient each pixel is: [B, 1, H, W] in 0..255 to as many in 0..1, in its type."""
    height, width = luma.shape[2:]
    low, narrow = (math.ceil(_SCALE * side) for side in (height, width))
    small = _resized(luma.double(), (low, _SCALE), (narrow, _SCALE))
    spectrum = torch.fft.fft2(small)
    power = torch.view_as_real(spectrum).square().sum(dim=-1)
    logarithm = (power + _SMALLEST_AMPLITUDE**2).log() / 2
    # The residual beside the phase: the amplitude less its local mean, both as logarithms.
    mean = F.avg_pool2d(bordered(logarithm, 1, "symmetric"), 3, stride=1)
    residual = torch.view_as_real(torch.fft.ifft2(spectrum * (-mean).exp()))
    smooth = _smooth(residual.square().sum(dim=-1), window)
    least, most = (end(smooth, dim=(2, 3), keepdim=True) for end in (torch.amin, torch.amax))
    stretched = (smooth - least) / (most - least + _EPS)
    return _resized(stretched, (height, height / low), (width, width / narrow)).to(luma.dtype)


def _resized(maps: Tensor, rows: tuple[int, float], columns: tuple[int, float]) -> Tensor:
    """MATLAB's bicubic `imresize` to so many rows and columns, each by a scale of its own."""
    down, across = (
        _resizing(old, *new, maps.device)
        for old, new in zip(maps.shape[2:], (rows, columns), strict=True)
    )
    return down @ maps @ across.mT


def _smooth(maps: Tensor, window: int) -> Tensor:
    """A Gaussian, zeros beyond the border; an even one lies where MATLAB's `imfilter` has it."""
    taps = _taps(window, maps.device)
    before, after = (window - 1) // 2, window // 2
    padded = F.pad(maps, (before, after, before, after))
    return F.conv2d(F.conv2d(padded, taps.view(1, 1, -1, 1)), taps.view(1, 1, 1, -1))


@lru_cache(maxsize=64)
def _resizing(old: int, new: int, scale: float, device: torch.device) -> Tensor:
    # Cloned, as whoever asked for the weights first may have been in inference mode.
    with torch.inference_mode(False):
        return weights(old, scale)[:new].clone().to(device)


@lru_cache(maxsize=4)
def _taps(window: int, device: torch.device) -> Tensor:
    with torch.inference_mode(False):
        places = torch.arange(window, dtype=torch.float64) - (window - 1) / 2
        bell = torch.exp(-places.square() / (2 * _SIGMA**2))
        return (bell / bell.sum()).to(device)


def _compare(restored: Seen, reference: Seen) -> Tensor:
    weight = torch.maximum(restored.saliency, reference.saliency) + _EPS
    salient = similarity(restored.saliency, reference.saliency, _OF_SALIENCY)
    gradient = similarity(restored.gradient, reference.gradient, _OF_GRADIENT)
    score = salient * gradient**_POWER_OF_GRADIENT * weight
    return score.sum(dim=(1, 2, 3)) / weight.sum(dim=(1, 2, 3))


# Grey [B, 1, H, W] in 0..1 twice to [B]; 1 is best; sides >= 40: the window fits the quarter.
srsim = srsim_of(_WINDOW)
