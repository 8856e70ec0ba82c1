"""Images as users hold them: arrays or tensors, 8 bits or fractions."""

from typing import Any, TypeAlias

import numpy as np
import numpy.typing as npt
import torch
from torch import Tensor

Image: TypeAlias = npt.NDArray[np.uint8 | np.floating] | Tensor
"""An RGB image: an array [H, W, 3], or a tensor [3, H, W] or [1, 3, H, W].

Values are uint8, 0 to 255, or floats, 0 to 1.
"""

# A restored image overshoots 0 to 1 a little, which rounding to 8 bits clips. One of 0 to 255 goes
# far beyond.
_LOWEST, _HIGHEST = -1.0, 2.0


def as_batch(image: Image) -> Tensor:
    """An `Image` as a float tensor [1, 3, H, W], 0 to 1.

    Raises ValueError where its shape, type or range is another one.
    """
    planes = image.detach() if isinstance(image, Tensor) else _planes(np.asarray(image))
    planes = planes[None] if planes.ndim == 3 else planes
    if planes.ndim != 4 or planes.shape[:2] != (1, 3) or not planes.numel():
        raise ValueError(_wanted(image))
    if planes.dtype == torch.uint8:
        return planes.float() / 255
    if not planes.is_floating_point():
        raise ValueError(_wanted(image))
    low, high = planes.min().item(), planes.max().item()
    if not (low >= _LOWEST and high <= _HIGHEST):  # NaN is neither
        raise ValueError(f"a float image has values from 0 to 1, not from {low:g} to {high:g}")
    return planes


def _planes(array: npt.NDArray[Any]) -> Tensor:
    """An array [H, W, 3] as a tensor [3, H, W]."""
    if array.ndim != 3 or array.dtype.kind not in "uif":
        raise ValueError(_wanted(array))
    return torch.from_numpy(array.copy()).movedim(-1, 0)


def _wanted(image: Tensor | npt.NDArray[Any]) -> str:
    return (
        "an image is an RGB array [H, W, 3] or a tensor [3, H, W] or [1, 3, H, W], of uint8 or "
        f"float, not of shape {[*image.shape]} and type {image.dtype}"
    )
