"""Cells with an adversary beside the same cells without one: what the adversary adds and removes.

Both outputs are of the same input by generators of the same loss and seed, after as many steps. The
measures are those of `BESIDE`: LDL's artifact map of the first, counted where the second is nearer
to the reference, and the mirror. Their reference is a batch of two: the reference and the output
without an adversary.
"""

from collections.abc import Callable, Mapping

from torch import Tensor

from asymmetry.metrics.artifacts_ldl import artifacts_added, artifacts_removed
from asymmetry.metrics.contracts import BESIDE
from asymmetry.metrics.planes import Planes

PLANES = "artifacts_ldl"  # whose convention they share
CODE = "asymmetry.assessment.beside:MEASURES"


class Beside:
    """A measure of a restored image, the reference and a second output, as `scores.Measure`."""

    def __init__(self, formula: Callable[[Tensor, Tensor, Tensor], Tensor]) -> None:
        self._formula = formula

    def features(self, reference: Planes) -> Tensor:
        """The planes [2, 1, H, W] of the reference and of the second output."""
        return reference.of(PLANES)

    def values(self, restored: Planes, features: Tensor) -> Tensor:
        """The values [B] of restored images."""
        planes = restored.of(PLANES)
        reference, stable = (one.expand_as(planes) for one in features.split(1))
        return self._formula(planes, reference, stable)


MEASURES: Mapping[str, Beside] = dict(
    zip(BESIDE, map(Beside, (artifacts_added, artifacts_removed)), strict=True)
)
