"""What every fidelity loss is."""

from typing import Any, Protocol, runtime_checkable

from torch import Tensor

from asymmetry.errors import UserError


class Fidelity(Protocol):
    """A differentiable distance from restored images to their references; lower is better."""

    def __call__(self, restored: Tensor, reference: Tensor) -> Tensor:
        """One value an image, [B], from RGB images [B, 3, H, W] in the range 0 to 1."""
        ...


@runtime_checkable
class Separable(Protocol):
    """A loss or a metric that does part of its work on the reference alone, to be shared.

    `distance(restored, features(reference))` has the bits of `self(restored, reference)`. What is
    known of one reference, a batch of one, serves any number of restored images. A loss takes RGB
    [B, 3, H, W] in 0..1, a metric the planes [B, C, H, W] of its contract's colour.
    """

    def __call__(self, restored: Tensor, reference: Tensor) -> Tensor:
        """One value an image, [B]."""
        ...

    def features(self, reference: Tensor) -> Any:
        """What is needed of the references."""
        ...

    def distance(self, restored: Tensor, features: Any) -> Tensor:
        """One value an image, [B], from the restored images and `features(reference)`."""
        ...


def check_pair(restored: Tensor, reference: Tensor, smallest: int = 1) -> None:
    """Refuse what is not a pair of RGB batches [B, 3, H, W] of one shape.

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
