"""Building any metric by its name: a formula, or a loss with a trunk."""

import importlib
from pathlib import Path
from typing import Any

import torch
from torch import Tensor

from asymmetry.fidelity.registry import build_fidelity
from asymmetry.metrics.borrowed import Borrowed
from asymmetry.metrics.build import Metric, build_formula
from asymmetry.metrics.contracts import METRICS
from asymmetry.metrics.separable import Separable
from asymmetry.weights.lock import Lock


def build_metric(
    name: str,
    weights: Path,
    device: torch.device,
    fitted: Path | None = None,
    lock: Lock | None = None,
) -> Metric:
    """The metric `name`; `weights` is the folder of the weights manifest's files.

    `fitted` is the file of the channel weights of a calibrated one; `lock` says which files a
    borrowed one has. Raises UserError where its weights are missing or corrupt; nothing is ever
    downloaded.
    """
    return Metric(name, build_measure(name, weights, fitted, lock), device)


def build_measure(
    name: str, weights: Path, fitted: Path | None = None, lock: Lock | None = None
) -> Separable:
    """The measure of a metric, on planes in the colour of its contract; as `build_metric`."""
    contract = METRICS[name]
    if isinstance(contract, Borrowed):
        # By its name: the code is a root of those scores alone, and imports pyiqa.
        module, _, function = contract.measure.partition(":")
        build = getattr(importlib.import_module(module), function)
        return build(contract, weights, lock or Lock())
    if contract.measure != "fidelity":
        return build_formula(name, weights)
    fidelity = build_fidelity(name, weights, fitted)
    assert isinstance(fidelity, Separable)  # all that have a trunk are
    return SinglePrecision(fidelity)


class SinglePrecision(Separable):
    """A loss with a trunk as a measure of planes in double precision.

    It computes in single precision; channels last saves up to a third of the time.
    """

    def __init__(self, fidelity: Separable) -> None:
        super().__init__()
        self.fidelity = fidelity
        self.to(memory_format=torch.channels_last)  # type: ignore[call-overload]

    def features(self, reference: Tensor) -> Any:
        """The features that the loss needs of the reference."""
        return self.fidelity.features(_single(reference))

    def distance(self, restored: Tensor, features: Any) -> Tensor:
        """[B] of the restored images and the features of their references."""
        return self.fidelity.distance(_single(restored), features)


def _single(image: Tensor) -> Tensor:
    return image.float().contiguous(memory_format=torch.channels_last)
