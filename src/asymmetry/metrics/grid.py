"""What FSIM and VSI share: frequencies, gradients and the similarity of two maps."""

from collections.abc import Callable

import torch
import torch.nn.functional as F
from torch import Tensor

from asymmetry.imaging.constants import constant
from asymmetry.metrics.gradients import SCHARR, gradient_magnitude

_EPS = torch.finfo(torch.float32).eps
# Fewer leave the time to the calls of operations, more to the memory: measured on maps of FSIM.
_CACHED_PIXELS = 2**16


def centred_frequencies(height: int, width: int) -> tuple[Tensor, Tensor]:
    """Frequencies of rows and columns [H, W] in double precision, zero first.

    Kovesi's grid: on an odd side it ends at a half, so it differs slightly from the transform's.
    """
    rows, columns = (_frequencies(side) for side in (height, width))
    grid = torch.meshgrid(rows, columns, indexing="ij")
    return grid[0].clone(), grid[1].clone()


def _frequencies(side: int) -> Tensor:
    first = -(side // 2)
    indices = torch.arange(first, first + side, dtype=torch.float64)
    return (indices / (side - side % 2)).roll(first)


def in_cache(function: Callable[[Tensor], Tensor], images: Tensor) -> Tensor:
    """`function` of a batch; on a CPU of as many images at a time as its cache can hold."""
    if images.device.type != "cpu":
        return function(images)
    at_once = max(1, _CACHED_PIXELS // (images.shape[-2] * images.shape[-1]))
    return torch.cat([function(part) for part in images.split(at_once)])


def reduced(image: Tensor) -> Tensor:
    """Means of squares, so that the shorter side is of about 256 pixels."""
    factor = round(min(image.shape[-2:]) / 256)
    return F.avg_pool2d(image, factor) if factor > 1 else image


def scharr_magnitude(plane: Tensor) -> Tensor:
    """The gradient's magnitude with zeros around: [B, 1, H, W] to as many."""
    return gradient_magnitude(plane, SCHARR, _EPS)


def mixed(image: Tensor, weights: tuple[float, ...]) -> Tensor:
    """Other channels of [B, 3, H, W]: `weights` are the rows of the matrix."""
    return (constant(weights, image).view(-1, 3) @ image.flatten(2)).unflatten(2, image.shape[2:])


def similarity(x: Tensor, y: Tensor, stabiliser: float) -> Tensor:
    """1 where two maps agree, less elsewhere."""
    return (2 * x * y + stabiliser) / (x.square() + y.square() + (stabiliser + _EPS))
