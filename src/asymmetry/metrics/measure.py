"""Formulas that are not `Separable` on the planes of a metric by themselves, made so."""

from collections.abc import Callable
from typing import Any

import torch
from torch import Tensor, nn

from asymmetry.fidelity.contract import Separable


class Whole(nn.Module):
    """A formula that takes both images at once, in two steps: it needs the reference itself."""

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
    """A loss with a trunk, on planes in double precision; channels last saves up to a third."""

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
