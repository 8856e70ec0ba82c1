"""Any differentiable full-reference metric as a loss, by the metric's own name."""

from pathlib import Path
from typing import Any

from torch import Tensor

from asymmetry.fidelity.contract import Fidelity
from asymmetry.metrics.build import build_formula
from asymmetry.metrics.contracts import METRICS
from asymmetry.metrics.planes import check_side, in_colour
from asymmetry.metrics.separable import Separable


class MetricLoss(Separable):
    """A metric turned so that lower is better: 1 - similarity, minus the PSNR, or the distance.

    It uses the colour of the metric's contract, but neither rounds nor crops. Where a metric has no
    finite gradient (FSIM where both images are black), the gradient of those pixels is zero. A
    value that is not finite stays so, and the training reports it.
    """

    def __init__(self, name: str, measure: Separable) -> None:
        super().__init__()
        self.name = name
        self.contract = METRICS[name]
        self.measure = measure

    def features(self, reference: Tensor) -> Any:
        """What the metric needs of the references [B, 3, H, W] in 0..1.

        Raises UserError below the metric's minimum side.
        """
        check_side(self.name, reference)
        return self.measure.features(in_colour(self.contract, reference))

    def distance(self, restored: Tensor, features: Any) -> Tensor:
        """[B] from [B, 3, H, W] in 0..1 and the `features` of the references."""
        if restored.requires_grad:
            restored = restored.view_as(restored)
            restored.register_hook(lambda gradient: gradient.nan_to_num(0.0, 0.0, 0.0))
        value = self.measure.distance(in_colour(self.contract, restored), features)
        if not self.contract.higher_is_better:
            return value
        return -value if self.name.startswith("psnr") else 1 - value


def build(variant: str, weights: Path) -> Fidelity:
    """The loss that the metric `variant` makes."""
    return MetricLoss(variant, build_formula(variant, weights))
