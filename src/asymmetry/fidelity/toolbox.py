"""Any differentiable full-reference metric as a loss, by the metric's own name."""

from pathlib import Path

from torch import Tensor, nn

from asymmetry.fidelity.contract import Fidelity
from asymmetry.metrics.build import Measure, build_measure, check_side, in_colour
from asymmetry.metrics.contracts import METRICS


class MetricLoss(nn.Module):
    """A metric turned so that lower is better: 1 - similarity, minus the PSNR, or the distance.

    Measures the colour that the metric's contract names, but neither rounds nor crops. Where a
    metric has no finite gradient (NLPD where both images are equal, FSIM where both are black),
    the gradient of those pixels is zero; a value that is not finite stays so, and is seen.
    """

    def __init__(self, name: str, measure: Measure) -> None:
        super().__init__()
        self.name = name
        self.contract = METRICS[name]
        self.measure = measure

    def forward(self, restored: Tensor, reference: Tensor) -> Tensor:
        """[B] of RGB images [B, 3, H, W] in 0..1; UserError below the metric's minimum side."""
        check_side(self.name, restored)
        if restored.requires_grad:
            restored = restored.view_as(restored)
            restored.register_hook(lambda gradient: gradient.nan_to_num(0.0, 0.0, 0.0))
        planes = (in_colour(self.contract, image) for image in (restored, reference))
        value = self.measure(*planes)
        if not self.contract.higher_is_better:
            return value
        return -value if self.name.startswith("psnr") else 1 - value


def build(variant: str, weights: Path) -> Fidelity:
    """The loss that the metric `variant` makes."""
    return MetricLoss(variant, build_measure(variant, weights))
