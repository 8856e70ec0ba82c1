"""The formula of a metric, in two steps: what it needs of the reference, then the comparison."""

from collections.abc import Callable
from typing import Any, Protocol, runtime_checkable

import torch
from torch import Tensor, nn

from asymmetry.fidelity.contract import Separable


@runtime_checkable
class Measure(Protocol):
    """From planes of the contract's colour, [B, C, H, W] in 0..1 twice, to one value an image, [B].

    `distance(restored, features(reference))` is `self(restored, reference)`; the features of one
    reference [1, C, H, W] serve any number of restored images.
    """

    def __call__(self, restored: Tensor, reference: Tensor) -> Tensor:
        """[B] of both."""
        ...

    def features(self, reference: Tensor) -> Any:
        """What is needed of the reference."""
        ...

    def distance(self, restored: Tensor, features: Any) -> Tensor:
        """[B] of the restored planes and the features of their references."""
        ...


class Whole(nn.Module):
    """A formula that takes both images at once, as a measure: it needs the reference itself."""

    def __init__(self, formula: Callable[[Tensor, Tensor], Tensor]) -> None:
        super().__init__()
        self.formula = formula

    def forward(self, restored: Tensor, reference: Tensor) -> Tensor:
        """[B] of both."""
        return self.distance(restored, self.features(reference))

    def features(self, reference: Tensor) -> Tensor:
        """The reference."""
        return reference

    def distance(self, restored: Tensor, features: Tensor) -> Tensor:
        """[B] of the restored planes and their references."""
        return self.formula(restored, features.expand(len(restored), -1, -1, -1))


class SinglePrecision(nn.Module):
    """A fidelity loss with a trunk, as a measure; channels last, which saves up to a third."""

    def __init__(self, fidelity: Separable) -> None:
        super().__init__()
        self.fidelity = fidelity
        self.to(memory_format=torch.channels_last)  # type: ignore[call-overload]

    def forward(self, restored: Tensor, reference: Tensor) -> Tensor:
        """[B] of both."""
        return self.distance(restored, self.features(reference))

    def features(self, reference: Tensor) -> Any:
        """The features that the loss needs of the reference."""
        return self.fidelity.features(_single(reference))

    def distance(self, restored: Tensor, features: Any) -> Tensor:
        """[B] of the restored images and the features of their references."""
        return self.fidelity.distance(_single(restored), features)


def _single(image: Tensor) -> Tensor:
    return image.float().contiguous(memory_format=torch.channels_last)
