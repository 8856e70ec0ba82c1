"""Measures in two steps, so that the work on one reference serves many comparisons."""

from abc import ABC, abstractmethod
from collections.abc import Callable
from typing import Any, Generic, TypeVar

from torch import Tensor, nn

Seen = TypeVar("Seen")


class Separable(nn.Module, ABC):
    """A loss or a metric that does part of its work on the reference alone.

    The features of one reference, a batch of one, serve any number of restored images. A loss takes
    RGB [B, 3, H, W] in 0..1, a metric the planes [B, C, H, W] in the colour of its contract.
    """

    def forward(self, restored: Tensor, reference: Tensor) -> Tensor:
        """One value an image, [B]."""
        return self.distance(restored, self.features(reference))

    @abstractmethod
    def features(self, reference: Tensor) -> Any:
        """What is needed of the references."""

    @abstractmethod
    def distance(self, restored: Tensor, features: Any) -> Tensor:
        """One value an image, [B], from the restored images and `features(reference)`."""


class Paired(Separable, Generic[Seen]):
    """A full-reference metric: features of each image, and a comparison of the features of two.

    `describe`: planes [B, C, H, W] in 0..1 to features of any type.
    `compare`: the features of the restored images and those of the references to [B]. One reference
    may serve all restored images: its batch of one broadcasts.
    """

    def __init__(
        self, describe: Callable[[Tensor], Seen], compare: Callable[[Seen, Seen], Tensor]
    ) -> None:
        super().__init__()
        self.describe, self.compare = describe, compare

    def features(self, reference: Tensor) -> Seen:
        """What the metric sees of the references [B, C, H, W] or [1, C, H, W]."""
        return self.describe(reference)

    def distance(self, restored: Tensor, features: Seen) -> Tensor:
        """[B] from the restored planes [B, C, H, W] and the `features` of their references."""
        return self.compare(self.describe(restored), features)


class Whole(Separable):
    """A formula that takes both images at once; its features are the reference itself."""

    def __init__(self, formula: Callable[[Tensor, Tensor], Tensor]) -> None:
        super().__init__()
        self.formula = formula

    def features(self, reference: Tensor) -> Tensor:
        """The reference."""
        return reference

    def distance(self, restored: Tensor, features: Tensor) -> Tensor:
        """[B] of the restored planes and their references."""
        return self.formula(restored, features.expand(len(restored), -1, -1, -1))
