"""Metrics whose formula depends on the factor of the task."""

from collections.abc import Callable
from typing import Any

from torch import Tensor

from asymmetry.metrics.separable import Separable


class Scaled(Separable):
    """A metric that is another one for each factor of a task.

    `at`: the factor, 1 or more, to the measure for it. Where nobody names a factor, it is 1.
    """

    def __init__(self, at: Callable[[int], Separable]) -> None:
        super().__init__()
        self.at = at

    def features(self, reference: Tensor) -> Any:
        """What the measure for the factor 1 needs of the references."""
        return self.at(1).features(reference)

    def distance(self, restored: Tensor, features: Any) -> Tensor:
        """[B] by the measure for the factor 1."""
        return self.at(1).distance(restored, features)
