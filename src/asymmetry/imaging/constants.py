"""Small constant tensors, sent to a device once: each sending makes the host wait for a GPU."""

from functools import cache

import torch
from torch import Tensor


def constant(values: tuple[float, ...], like: Tensor) -> Tensor:
    """`values` [n] in the type and on the device of `like`; one tensor for all."""
    return _constant(values, like.dtype, like.device)


@cache
def _constant(values: tuple[float, ...], dtype: torch.dtype, device: torch.device) -> Tensor:
    # Whoever asks first may be in inference mode; what is made there serves no gradient.
    with torch.inference_mode(False):
        return torch.tensor(values, dtype=dtype, device=device)
