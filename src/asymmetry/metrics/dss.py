"""DCT subband similarity, DSS, by Balanov et al. (ICIP 2015).

As the authors' MATLAB code computes it: local variances of each coefficient of the DCT of blocks of
8 x 8 pixels are compared, in double precision, and the worst 5 % of the places count. A subband
weighs by its frequency; one of less than a weight of 0.01 is left out.
"""

import math
from functools import lru_cache
from typing import NamedTuple

import torch
import torch.nn.functional as F
from torch import Tensor

from asymmetry.metrics.separable import Paired

_SIDE = 8
_SIGMA_OF_WEIGHT, _LEAST_WEIGHT = 1.55, 1e-2
_SIGMA = 1.5
_OF_MEAN, _OF_OTHERS = 1000.0, 300.0
_WORST = 0.05
# Keeps the root differentiable at zero; 1e-6 beside the stabilisers.
_SMALLEST = 1e-12


class Seen(NamedTuple):
    """Of the subbands that count, [B, subbands, h, w]: coefficients, local means and variances."""

    coefficients: Tensor
    mean: Tensor
    variance: Tensor


def _describe(plane: Tensor) -> Seen:
    height, width = (side - side % _SIDE for side in plane.shape[2:])
    transform, chosen, _ = _constants(plane.device)
    levels = plane[:, 0, :height, :width].double() * 255
    blocks = levels.unfold(1, _SIDE, _SIDE).unfold(2, _SIDE, _SIDE)
    coefficients = (transform @ blocks @ transform.mT).flatten(3)[..., chosen].movedim(3, 1)
    mean = _smooth(coefficients)
    variance = (_smooth(coefficients.square()) - mean.square()).clamp_min(0)
    return Seen(coefficients, mean, variance)


def _compare(restored: Seen, reference: Seen) -> Tensor:
    stabiliser = torch.full_like(reference.mean[:1, :, :1, :1], _OF_OTHERS)
    stabiliser[:, 0] = _OF_MEAN
    root = (restored.variance * reference.variance + _SMALLEST).sqrt()
    contrast = (2 * root + stabiliser) / (restored.variance + reference.variance + stabiliser)
    alike = _worst(contrast)
    # Of the mean of a block structure counts, too.
    products = _smooth(restored.coefficients[:, :1] * reference.coefficients[:, :1])
    covariance = products - restored.mean[:, :1] * reference.mean[:, :1]
    structure = _worst((covariance + _OF_MEAN) / (root[:, :1] + _OF_MEAN))
    alike = torch.cat([alike[:, :1] * structure, alike[:, 1:]], dim=1)
    return (alike * _constants(alike.device)[2]).sum(dim=1)


def _worst(maps: Tensor) -> Tensor:
    """The mean of the lowest 5 % of each map, rounded as MATLAB does: [B, C, h, w] to [B, C]."""
    flat = maps.flatten(2)
    return flat.topk(int(_WORST * flat.shape[2] + 0.5), largest=False).values.mean(dim=2)


def _smooth(maps: Tensor) -> Tensor:
    """A Gaussian window of 3 x 3, sigma 1.5, zeros beyond the border."""
    side = math.exp(-1 / (2 * _SIGMA**2))
    side, middle = side / (1 + 2 * side), 1 / (1 + 2 * side)
    padded = F.pad(maps, (1, 1, 1, 1))
    down = middle * padded[..., 1:-1, :] + side * (padded[..., :-2, :] + padded[..., 2:, :])
    return middle * down[..., 1:-1] + side * (down[..., :-2] + down[..., 2:])


@lru_cache(maxsize=4)
def _constants(device: torch.device) -> tuple[Tensor, Tensor, Tensor]:
    """The orthonormal DCT-II [8, 8], a row a frequency; which subbands count, and their shares."""
    with torch.inference_mode(False):
        places = torch.arange(_SIDE, dtype=torch.float64) + 0.5
        frequencies = torch.arange(_SIDE, dtype=torch.float64)
        transform = torch.cos(math.pi / _SIDE * frequencies.unsqueeze(1) * places)
        transform *= math.sqrt(2 / _SIDE)
        transform[0] /= math.sqrt(2)
        bell = torch.exp(-places.square() / (2 * _SIGMA_OF_WEIGHT**2))
        weights = torch.outer(bell, bell).flatten()
        (chosen,) = (weights >= _LEAST_WEIGHT).nonzero(as_tuple=True)
        shares = weights[chosen] / weights[chosen].sum()
        return transform.to(device), chosen.to(device), shares.to(device)


# Grey [B, 1, H, W] in 0..1 twice to [B]; 1 is best; sides >= 32: the worst of 16 places are one.
dss = Paired(_describe, _compare)
