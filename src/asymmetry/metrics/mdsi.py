"""Mean deviation similarity index, MDSI, by Ziaei Nafchi et al. (IEEE Access 2016).

As the authors' MATLAB code computes it: luma L and chroma H and M in 0..255, of the image reduced
to about 256 pixels; gradient and chroma similarity are summed. A negative similarity has a complex
fourth root, as in MATLAB.
"""

import math

import torch
from torch import Tensor

from asymmetry.metrics.gradients import PREWITT, as_seen, gradient_magnitude, similarity
from asymmetry.metrics.grid import mixed
from asymmetry.metrics.separable import Paired

_LHM = (0.2989, 0.5870, 0.1140, 0.30, 0.04, -0.35, 0.34, -0.6, 0.17)
_OF_GRADIENT, _OF_FUSED, _OF_CHROMA = 140.0, 55.0, 550.0
_WEIGHT_OF_GRADIENT = 0.6
_POWER = 0.25
# The last root has no slope at zero; its value there is then 1e-9.
_SMALLEST = 1e-36


def _describe(image: Tensor) -> Tensor:
    return mixed(as_seen(image), _LHM) * 255


def _compare(restored: Tensor, reference: Tensor) -> Tensor:
    x, y, fused = (
        gradient_magnitude(luma[:, :1], PREWITT)
        for luma in (restored, reference, (restored + reference) / 2)
    )
    gradient = similarity(x, y, _OF_GRADIENT)
    gradient = gradient + similarity(x, fused, _OF_FUSED) - similarity(y, fused, _OF_FUSED)
    alike = _WEIGHT_OF_GRADIENT * gradient
    alike = alike + (1 - _WEIGHT_OF_GRADIENT) * _chroma(restored[:, 1:], reference[:, 1:])
    turned = torch.where(alike < 0, math.pi * _POWER, 0.0).to(alike.dtype)
    root = torch.polar(alike.abs() ** _POWER, turned)
    deviation = (root - root.mean(dim=(2, 3), keepdim=True)).abs().mean(dim=(1, 2, 3))
    return deviation.clamp_min(_SMALLEST) ** _POWER


def _chroma(x: Tensor, y: Tensor) -> Tensor:
    """The similarity of the vectors (H, M): [B, 2, h, w] twice to [B, 1, h, w]."""
    product = (x * y).sum(dim=1, keepdim=True)
    energy = (x.square() + y.square()).sum(dim=1, keepdim=True)
    return (2 * product + _OF_CHROMA) / (energy + _OF_CHROMA)


# RGB [B, 3, H, W] in 0..1 twice to [B]; 0 is best.
mdsi = Paired(_describe, _compare)
