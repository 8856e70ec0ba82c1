"""Bicubic resizing as MATLAB's imresize does it: the field's definition of "bicubic"."""

import math
from functools import lru_cache

import torch
from torch import Tensor

_KERNEL_WIDTH = 4


def imresize(image: Tensor, scale: float) -> Tensor:
    """MATLAB's `imresize(image, scale, 'bicubic')` of floating-point images, antialiased.

    `image` is [B,C,H,W] in any range and of any floating type; the result is [B,C,ceil(scale H),
    ceil(scale W)] of the same type, computed in float64, neither clamped nor rounded. Below scale 1
    the kernel is widened by 1 / scale; borders are mirrored; the weights of a pixel sum to one.
    Differentiable.
    """
    rows = _resize_rows(image.double(), scale)
    columns = _resize_rows(rows.transpose(2, 3).contiguous(), scale)
    return columns.transpose(2, 3).contiguous().to(image.dtype)


def cubic(x: Tensor) -> Tensor:
    """Keys' cubic convolution kernel with a = -1/2 (Keys 1981, eq. 15); zero beyond 2."""
    x = x.abs()
    near = 1.5 * x**3 - 2.5 * x**2 + 1
    far = -0.5 * x**3 + 2.5 * x**2 - 4 * x + 2
    return torch.where(x <= 1, near, torch.where(x <= 2, far, torch.zeros_like(x)))


def _resize_rows(image: Tensor, scale: float) -> Tensor:
    """Resize the height of [B,C,H,W]: each new row is a weighted sum of a few old ones."""
    indices, weights = _contributions(image.shape[2], scale)
    taps = zip(indices.to(image.device), weights.to(image.device), strict=True)
    result = image.new_zeros(*image.shape[:2], indices.shape[1], image.shape[3])
    for index, weight in taps:
        result = torch.addcmul(result, image.index_select(2, index), weight[:, None])
    return result


@lru_cache(maxsize=256)
def weights(length: int, scale: float) -> Tensor:
    """The matrix of `imresize` along one side: float64 [ceil(scale length), length]."""
    indices, shares = _contributions(length, scale)
    matrix = shares.new_zeros(indices.shape[1], length)
    return matrix.scatter_add_(1, indices.mT, shares.mT)


@lru_cache(maxsize=256)
def _contributions(length: int, scale: float) -> tuple[Tensor, Tensor]:
    """For each tap and new pixel, [T,N]: the old pixel that contributes, and its weight."""
    shrink = min(scale, 1.0)
    width = _KERNEL_WIDTH / shrink
    new = torch.arange(math.ceil(length * scale), dtype=torch.float64)
    # The centre of a new pixel in coordinates of the old ones; pixel 0 covers -0.5 to 0.5.
    centre = (new + 0.5) / scale - 0.5
    first = torch.floor(centre - width / 2)
    indices = first + torch.arange(math.ceil(width) + 2)[:, None]
    weights = cubic(shrink * (centre - indices))
    weights /= weights.sum(0)
    used = weights.any(1)
    mirrored = indices[used].long() % (2 * length)
    return torch.minimum(mirrored, 2 * length - 1 - mirrored), weights[used]
