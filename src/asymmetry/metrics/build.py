"""Metrics by name, each measuring what its contract says."""

import importlib
from collections.abc import Callable
from pathlib import Path

import torch
from torch import Tensor, nn

from asymmetry.errors import UserError
from asymmetry.fidelity.contract import Fidelity
from asymmetry.fidelity.registry import build_fidelity
from asymmetry.metrics.colour import grey, studio_y, to_8_bits
from asymmetry.metrics.contracts import METRICS, Contract
from asymmetry.weights import locate

# From planes of the contract's colour, [B, C, H, W] in 0..1 twice, to one value an image, [B].
Measure = Callable[[Tensor, Tensor], Tensor]


class Metric:
    """A metric as its contract defines it, on one image at a time."""

    def __init__(self, name: str, measure: Measure, device: torch.device) -> None:
        self.name = name
        self.contract = METRICS[name]
        self._measure = measure
        self._device = device

    @torch.inference_mode()
    def __call__(self, restored: Tensor, reference: Tensor, scale: int = 1) -> float:
        """The value of a restored image [1, 3, H, W] in 0..1; `scale` is the factor of the task.

        Raises UserError where the image is smaller than the metric can measure.
        """
        planes = [self._prepare(image, scale) for image in (restored, reference)]
        check_side(self.name, planes[0])
        return float(self._measure(*planes))

    def _prepare(self, image: Tensor, scale: int) -> Tensor:
        image = image.to(self._device, torch.float64)
        if self.contract.rounded:
            image = to_8_bits(image)
        if self.contract.crop_scale:
            image = image[..., scale : image.shape[2] - scale, scale : image.shape[3] - scale]
        plane = in_colour(self.contract, image)
        # MATLAB's rgb2gray gives integers; Y stays a fraction, as in BasicSR.
        return (
            to_8_bits(plane) if self.contract.rounded and self.contract.colour == "grey" else plane
        )


def build_metric(
    name: str, weights: Path, device: torch.device, fitted: Path | None = None
) -> Metric:
    """The metric `name`; `weights` is the folder of the weights manifest's files.

    `fitted` is the file of the channel weights of a calibrated one. Raises UserError where its
    weights are missing or corrupt; nothing is ever downloaded.
    """
    measure = build_measure(name, weights, fitted)
    if isinstance(measure, nn.Module):
        measure = measure.to(device)
    return Metric(name, measure, device)


def build_measure(name: str, weights: Path, fitted: Path | None = None) -> Measure:
    """The bare formula of a metric: planes of the contract's colour twice to [B]."""
    contract = METRICS[name]
    if contract.module:
        function = contract.measure.partition(":")[2]
        return getattr(importlib.import_module(contract.module), function)
    if name == "niqe":
        from asymmetry.metrics.niqe import Niqe

        return Niqe(locate("niqe_pristine", weights))
    if contract.measure == "pyiqa" and contract.weights:
        from asymmetry.metrics.learned import Learned

        return Learned(name, contract.weights, weights, contract.full_reference)
    if contract.measure == "pyiqa":
        from asymmetry.metrics.pyiqa_toolbox import Toolbox

        return Toolbox(name, contract.full_reference)
    return _SinglePrecision(build_fidelity(name, weights, fitted))


class _SinglePrecision(nn.Module):
    """A fidelity loss with a trunk, as a measure; channels last, which saves up to a third."""

    def __init__(self, fidelity: Fidelity) -> None:
        super().__init__()
        self.fidelity = fidelity
        self.to(memory_format=torch.channels_last)  # type: ignore[call-overload]

    def forward(self, restored: Tensor, reference: Tensor) -> Tensor:
        return self.fidelity(
            *(
                image.float().contiguous(memory_format=torch.channels_last)
                for image in (restored, reference)
            )
        )


def in_colour(contract: Contract, image: Tensor) -> Tensor:
    """[B, 3, H, W] in 0..1 in the colour space that the contract names, unrounded."""
    if contract.colour == "grey":
        return grey(image)
    return studio_y(image) if contract.colour == "y" else image


def check_side(name: str, image: Tensor) -> None:
    """UserError where the shorter side of [B, C, H, W] is below what the metric can measure."""
    side, least = min(image.shape[-2:]), METRICS[name].minimum_side
    if side < least:
        raise UserError(
            f"{name}: needs images of at least {least} pixels a side, not {side}; "
            "use larger images or crops, or leave this metric out"
        )
