"""Visual saliency-induced index, by Zhang et al. (TIP 2014), as pyiqa computes it.

It is the similarity of saliency, of gradients and of chroma in LMN, averaged where either image is
salient. pyiqa computes in double precision, this in single precision except for the chroma: its
similarity can pass through zero, where its power is nearly vertical. Values below black count as
black.
"""

import math
from typing import NamedTuple

import torch
import torch.nn.functional as F
from torch import Tensor

from asymmetry.metrics.grid import in_cache, mixed, scharr_magnitude, similarity
from asymmetry.metrics.saliency import saliency
from asymmetry.metrics.separable import Paired

_LMN = (0.06, 0.63, 0.27, 0.30, 0.04, -0.35, 0.34, -0.6, 0.17)
_OF_SALIENCY, _OF_GRADIENT, _OF_CHROMA = 1.27, 386.0, 130.0
_WEIGHT_OF_GRADIENT, _WEIGHT_OF_CHROMA = 0.4, 0.02
_EPS = torch.finfo(torch.float64).eps


class Seen(NamedTuple):
    """Saliency and gradient [B, 1, H, W], M and N [B, 2, H, W]."""

    saliency: Tensor
    gradient: Tensor
    chroma: Tensor


def _describe(image: Tensor) -> Seen:
    image = image.clamp_min(0)
    lmn = mixed(_reduced(image.double()), _LMN) * 255
    salient = _reduced(in_cache(saliency, image.float()))
    return Seen(salient, scharr_magnitude(lmn[:, :1].float()), lmn[:, 1:])


def _reduced(maps: Tensor) -> Tensor:
    """Means of squares, the first of which begin outside the image, unlike those of FSIM."""
    factor = round(min(maps.shape[-2:]) / 256)
    if factor <= 1:
        return maps
    before, after = factor // 2, (factor - 1) // 2
    return F.avg_pool2d(F.pad(maps, (before, after, before, after), mode="replicate"), factor)


def _compare(restored: Seen, reference: Seen) -> Tensor:
    # Where neither image is salient anywhere, every pixel counts alike.
    weight = torch.maximum(restored.saliency, reference.saliency) + _EPS
    salient = similarity(restored.saliency, reference.saliency, _OF_SALIENCY)
    gradient = similarity(restored.gradient, reference.gradient, _OF_GRADIENT)
    chroma = similarity(restored.chroma, reference.chroma, _OF_CHROMA).prod(dim=1, keepdim=True)
    chroma = chroma.float()
    # Logarithms once for two powers.
    powers = gradient.log() * _WEIGHT_OF_GRADIENT + chroma.abs().log() * _WEIGHT_OF_CHROMA
    # The real part of a negative number's power.
    turned = torch.where(chroma < 0, math.cos(math.pi * _WEIGHT_OF_CHROMA), 1.0)
    score = salient * powers.exp() * turned * weight
    total, weights = (part.sum(dim=(1, 2, 3), dtype=torch.float64) for part in (score, weight))
    return total / weights


vsi = Paired(_describe, _compare)
