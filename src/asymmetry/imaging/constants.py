"""Small constant tensors, copied to a device once: each copy makes the host wait for a GPU."""

from functools import cache

import torch
from torch import Tensor


def constant(values: tuple[float, ...], like: Tensor) -> Tensor:
    """`values` [n] in the type and on the device of `like`; all callers share one tensor."""
    return _constant(values, like.dtype, like.device)


@cache
def _constant(values: tuple[float, ...], dtype: torch.dtype, device: torch.device) -> Tensor:
    # The first caller may be in inference mode, whose tensors cannot be used with gradients.
    with torch.inference_mode(False):
        return torch.tensor(values, dtype=dtype, device=device)
