"""Building metrics that are formulas, and the class of every metric."""

import importlib
from pathlib import Path
from typing import Any

import torch
from torch import Tensor

from asymmetry.metrics.contracts import METRICS
from asymmetry.metrics.planes import Planes
from asymmetry.metrics.scaled import Scaled
from asymmetry.metrics.separable import Separable, Whole
from asymmetry.weights.store import locate


class Metric:
    """A metric as its contract defines it."""

    def __init__(self, name: str, measure: Separable, device: torch.device) -> None:
        self.name = name
        self.contract = METRICS[name]
        self._measure = measure.to(device)
        self._device = device

    @torch.inference_mode()
    def __call__(self, restored: Tensor, reference: Tensor, scale: int = 1) -> float:
        """The value of a restored image [1, 3, H, W] in 0..1; `scale` is the factor of the task.

        Raises UserError where the image is smaller than the metric can measure.
        """
        restored, reference = (image.to(self._device) for image in (restored, reference))
        features = self.features(Planes(reference, scale))
        return float(self.values(Planes(restored, scale), features))

    @torch.inference_mode()
    def features(self, reference: Planes) -> Any:
        """What the metric computes of a reference, once for all restored images of it."""
        return self._at(reference.scale).features(reference.of(self.name))

    @torch.inference_mode()
    def values(self, restored: Planes, features: Any) -> Tensor:
        """The values [B] of restored images, given the `features` of their common reference."""
        return self._at(restored.scale).distance(restored.of(self.name), features)

    def _at(self, scale: int) -> Separable:
        return self._measure.at(scale) if isinstance(self._measure, Scaled) else self._measure


def build_formula(name: str, weights: Path) -> Separable:
    """The formula of a metric without a trunk, on planes in the colour of its contract.

    `weights` is the folder of the weights manifest's files. Raises UserError where one is missing.
    """
    formula = _formula(name, weights)
    return formula if isinstance(formula, Separable) else Whole(formula)


def _formula(name: str, weights: Path) -> Any:
    contract = METRICS[name]
    if contract.module:
        function = contract.measure.partition(":")[2]
        formula = getattr(importlib.import_module(contract.module), function)
        return formula(locate(contract.weights, weights)) if contract.weights else formula
    from asymmetry.metrics.learned import Learned

    return Learned(name, str(contract.weights), weights, contract.full_reference)
