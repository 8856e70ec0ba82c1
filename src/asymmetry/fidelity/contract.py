"""The contract of all fidelity losses."""

from typing import Protocol

from torch import Tensor

from asymmetry.core.errors import UserError


class Fidelity(Protocol):
    """A differentiable distance from restored images to their references; lower is better."""

    def __call__(self, restored: Tensor, reference: Tensor) -> Tensor:
        """One value an image, [B], from RGB images [B, 3, H, W] in the range 0 to 1."""
        ...


def check_pair(restored: Tensor, reference: Tensor, smallest: int = 1) -> None:
    """Check that two batches are RGB [B, 3, H, W] of one shape.

    Raises ValueError for the wrong shapes, UserError for sides below `smallest` pixels.
    """
    if restored.ndim != 4 or restored.shape[1] != 3 or restored.shape != reference.shape:
        shapes = f"{tuple(restored.shape)} and {tuple(reference.shape)}"
        raise ValueError(
            f"a fidelity loss wants two batches [B, 3, H, W] of one shape, not {shapes}"
        )
    side = min(restored.shape[-2:])
    if side < smallest:
        raise UserError(f"crop: {side} pixels are too small for this loss; use {smallest} or more")
