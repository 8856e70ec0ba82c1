"""Information content weighted structural similarity, IW-SSIM, by Wang and Li (TIP 2011).

As the authors' MATLAB code computes it: SSIM's windows on five levels of a Laplacian pyramid, those
of each level but the last weighted by the information that the visual channel passes of them. A
model of the reference gives it: a Gaussian scale mixture of 3 x 3 coefficients and of the one that
lies above them in the next level. In double precision.

A flat reference has no information. Where nothing has, all windows count alike.
"""

import math
from typing import NamedTuple

import torch
import torch.nn.functional as F
from torch import Tensor

from asymmetry.imaging.constants import constant
from asymmetry.metrics.borders import bordered
from asymmetry.metrics.separable import Separable
from asymmetry.metrics.ssim import SCALE_WEIGHTS, Moments, moments, product, similarity_maps

_LEVELS = len(SCALE_WEIGHTS)
_SHARES = tuple(weight / sum(SCALE_WEIGHTS) for weight in SCALE_WEIGHTS)
# matlabPyrTools' 'binom5': a level has twice the amplitude of the one before.
_TAPS = tuple(math.sqrt(2) * value / 16 for value in (1, 4, 6, 4, 1))
_NOISE = 0.4 / 255**2
# Variances below it are rounding.
_TOLERANCE = 1e-15
# Of the largest eigenvalue: what is below it is rounding, not to be inverted.
_RANK = 1e-12
_EPS = 1e-12
_SIDE = 3
# How far inside the middle of the first window of 11 lies.
_CUT = 5


class Level(NamedTuple):
    """Of a level [B, 1, h, w]: SSIM's moments; mean and variance of 3 x 3 [B, 1, h-10, w-10]."""

    moments: Moments
    mean: Tensor
    variance: Tensor


class Model(NamedTuple):
    """The eigenvalues [B, n] of a level's covariance, and the field [B, 1, h-10, w-10]."""

    eigenvalues: Tensor
    field: Tensor


class IwSsim(Separable):
    """IW-SSIM of grey planes [B, 1, H, W] in 0..1; 1 is best; sides >= 176."""

    def features(self, reference: Tensor) -> tuple[list[Level], list[Model]]:
        """The levels of the references, finest first, and the models of all but the last."""
        planes = _pyramid(reference.double())
        # The last but one has no level of coefficients above it, only what is left.
        parents = [*planes[1:-1], None]
        models = [_model(*pair) for pair in zip(planes[:-1], parents, strict=True)]
        return [_level(plane) for plane in planes], models

    def distance(self, restored: Tensor, features: tuple[list[Level], list[Model]]) -> Tensor:
        """[B] from the restored planes and the `features` of their references."""
        levels, models = features
        *finer, last = zip(map(_level, _pyramid(restored.double())), levels, strict=True)
        terms = []
        for (x, y), model in zip(finer, models, strict=True):
            _, structure = similarity_maps(x.moments, y.moments)
            weight = _information(x, y, model) + _EPS
            terms.append((structure * weight).sum(dim=(1, 2, 3)) / weight.sum(dim=(1, 2, 3)))
        luminance, structure = similarity_maps(last[0].moments, last[1].moments)
        terms.append((luminance * structure).mean(dim=(1, 2, 3)))
        return product(torch.stack(terms, dim=1), _SHARES)


def _information(x: Level, y: Level, model: Model) -> Tensor:
    """What restored and reference share with what is seen of them, in bits a window."""
    covariance = _means(x.moments.planes * y.moments.planes) - x.mean * y.mean
    flat = y.variance < _TOLERANCE
    seen = ~flat & (x.variance >= _TOLERANCE)
    gain = torch.where(seen, covariance / (y.variance + _TOLERANCE), 0.0)
    rest = torch.where(seen | flat, x.variance - gain * covariance, 0.0)
    signal = (rest + (1 + gain.square()) * _NOISE) * model.field / _NOISE**2
    total = torch.ones_like(rest)
    for eigenvalue in model.eigenvalues.unbind(dim=1):
        total = total * (1 + rest / _NOISE + signal * eigenvalue.view(-1, 1, 1, 1))
    return total.log2()


def _level(plane: Tensor) -> Level:
    mean = _means(plane)
    return Level(moments(plane), mean, (_means(plane.square()) - mean.square()).clamp_min(0))


def _means(maps: Tensor) -> Tensor:
    """Means of 3 x 3 in the middles of SSIM's windows: [B, 1, h, w] to [B, 1, h-10, w-10]."""
    cut = _CUT - _SIDE // 2
    return F.avg_pool2d(maps[..., cut:-cut, cut:-cut], _SIDE, stride=1)


def _model(plane: Tensor, parent: Tensor | None) -> Model:
    blocks = plane.unfold(2, _SIDE, 1).unfold(3, _SIDE, 1).flatten(4)
    if parent is not None:
        above = _enlarged(parent)[..., 1 : plane.shape[2] - 1, 1 : plane.shape[3] - 1]
        blocks = torch.cat([blocks, above.unsqueeze(4)], dim=4)
    vectors = blocks.flatten(1, 3)
    covariance = vectors.mT @ vectors / vectors.shape[1]
    inverse = torch.linalg.pinv(covariance, rtol=_RANK, hermitian=True)
    cut = _CUT - _SIDE // 2
    blocks = blocks[..., cut:-cut, cut:-cut, :]
    field = (blocks * (blocks @ inverse[:, None, None])).mean(dim=4).clamp_min(0)
    return Model(torch.linalg.eigvalsh(covariance).clamp_min(0), field)


def _enlarged(plane: Tensor) -> Tensor:
    """Twice as large, [B, 1, 2 h, 2 w]: bilinear to 4 h - 3, a line more extrapolated, halved."""
    height, width = (4 * side - 3 for side in plane.shape[2:])
    plane = F.interpolate(plane, size=(height, width), mode="bilinear", align_corners=False)
    for dim in (2, 3):
        first, second = plane.narrow(dim, 0, 1), plane.narrow(dim, 1, 1)
        side = plane.shape[dim]
        last, before = plane.narrow(dim, side - 1, 1), plane.narrow(dim, side - 2, 1)
        plane = torch.cat([2 * first - second, plane, 2 * last - before], dim=dim)
    return plane[..., ::2, ::2]


def _pyramid(plane: Tensor) -> list[Tensor]:
    """Four levels of differences and what is left of a plane, finest first (Burt and Adelson)."""
    levels = []
    for _ in range(_LEVELS - 1):
        smaller = _smooth(plane)[..., ::2, ::2]
        apart = torch.zeros_like(plane)
        apart[..., ::2, ::2] = smaller
        levels.append(plane - _smooth(apart))
        plane = smaller
    return [*levels, plane]


def _smooth(plane: Tensor) -> Tensor:
    """The binomial window, the image mirrored about its outermost pixels."""
    taps = constant(_TAPS, plane)
    padded = bordered(plane, 2, "reflect")
    return F.conv2d(F.conv2d(padded, taps.view(1, 1, -1, 1)), taps.view(1, 1, 1, -1))


iw_ssim = IwSsim()
