"""Metrics in two steps, so that what is known of one image serves many comparisons."""

from collections.abc import Callable
from dataclasses import dataclass
from typing import Generic, TypeVar

from torch import Tensor

Seen = TypeVar("Seen")


@dataclass(frozen=True)
class Paired(Generic[Seen]):
    """A full-reference metric: what it sees of an image, and how it compares what it saw of two.

    `describe`: planes [B, C, H, W] in 0..1 to whatever the metric needs of them.
    `compare`: what was seen of the restored images, then of the references, to [B]. One reference
    may stand for all restored images: its batch of one broadcasts.
    """

    describe: Callable[[Tensor], Seen]
    compare: Callable[[Seen, Seen], Tensor]

    def __call__(self, restored: Tensor, reference: Tensor) -> Tensor:
        """[B] of planes [B, C, H, W] in 0..1 twice."""
        return self.distance(restored, self.features(reference))

    def features(self, reference: Tensor) -> Seen:
        """What the metric sees of the references [B, C, H, W] or [1, C, H, W]."""
        return self.describe(reference)

    def distance(self, restored: Tensor, features: Seen) -> Tensor:
        """[B] from the restored planes [B, C, H, W] and the `features` of their references."""
        return self.compare(self.describe(restored), features)
