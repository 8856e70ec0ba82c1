"""How good an objective each fidelity loss is, before any training."""

import logging
import math
import time
from collections.abc import Iterator
from pathlib import Path
from typing import NamedTuple

import pandas as pd
import torch
from torch import Tensor

from asymmetry.core.devices import choose_device, repeatable
from asymmetry.core.randomness import draws
from asymmetry.data.degrade import degrade
from asymmetry.data.images import Rgb, central_square, to_tensor
from asymmetry.data.load import load_photo
from asymmetry.fidelity.contract import Fidelity
from asymmetry.fidelity.registry import build_fidelity
from asymmetry.imaging.resize import imresize
from asymmetry.optimisability.gradients import gradients, signal_to_noise, spectrum
from asymmetry.optimisability.initialisations import initialisation
from asymmetry.optimisability.recovery import psnr_y, recover
from asymmetry.optimisability.stage import OptimisabilityStage
from asymmetry.planning.plan import Plan
from asymmetry.study import Optimisability, Study, Task
from asymmetry.tables.schemas import DIVERGED, NO_GRADIENT, OK, write_table

# The noise of the gradient is over draws of this degradation. It is a light blind one in every
# study, because bicubic reduction draws nothing.
_BLIND = Task(degradation="blind", scale=4, blur=(0.2, 1.5), noise=(0.0, 8.0), jpeg=(60, 95))
_log = logging.getLogger(__name__)


class Row(NamedTuple):
    """A row of the table, without its loss."""

    image: str
    statistic: str
    value: float
    status: str


def measure_part(plan: Plan, output: Path) -> None:
    """Measure the loss that belongs to one of the study's tables of optimisability; write it."""
    fidelity = OptimisabilityStage(plan).part(output).fidelity
    measure_optimisability(plan.study, plan, fidelity, output)


def measure_optimisability(study: Study, plan: Plan, fidelity: str, output: Path) -> None:
    """Measure a fidelity loss as an objective on centres of held-out photos: a parquet table.

    A row for each image and statistic, with a status. `recovery_start` and `recovery`: PSNR-Y in dB
    of `<photo>/<initialisation>` before and after descent on the loss alone. `gradient_snr` and
    `spectrum_0` to `spectrum_7`: of the loss's gradient at bicubic enlargements of the photo's
    degradations.
    What is not finite is NaN, with status "diverged", or "no gradient" where it is zero.

    Raises UserError where the loss's weights are missing or corrupt, or a photo is unreadable or
    smaller than the crop, or the crop than the loss can measure.
    """
    repeatable(study.numerics.threads)
    device, section = choose_device(study.execution.device), study.optimisability
    loss = build_fidelity(fidelity, Path(study.execution.weights), plan.fitted(fidelity))
    if isinstance(loss, torch.nn.Module):
        loss.to(device)
    rows: list[Row] = []
    for photo in plan.photos_for_optimisability:
        began = time.monotonic()
        square = central_square(load_photo(photo, study.photos.reduce, section.crop), section.crop)
        rows += _recoveries(loss, square, photo.name, section, device)
        rows += _gradient_rows(loss, square, photo.name, section, device)
        _log.info("%s: %s (%.1f s)", fidelity, photo.name, time.monotonic() - began)
    table = pd.DataFrame(rows)
    table.insert(0, "fidelity", fidelity)
    write_table(table, "optimisability", output)


def _recoveries(
    loss: Fidelity, square: Rgb, photo: str, section: Optimisability, device: torch.device
) -> Iterator[Row]:
    reference = to_tensor(square).to(device)
    kinds = section.initialisations
    initial = torch.cat([to_tensor(initialisation(kind, square, photo)) for kind in kinds])
    initial = initial.to(device)
    recovered = recover(loss, initial, reference, section.steps, section.learning_rate)
    for statistic, images in (("recovery_start", initial), ("recovery", recovered)):
        values = psnr_y(images, reference).tolist()
        for kind, value in zip(kinds, values, strict=True):
            status = OK if math.isfinite(value) else DIVERGED
            yield Row(f"{photo}/{kind}", statistic, value, status)


def _gradient_rows(
    loss: Fidelity, square: Rgb, photo: str, section: Optimisability, device: torch.device
) -> Iterator[Row]:
    reference = to_tensor(square).to(device)
    restored = torch.cat([_restored(square, photo, draw) for draw in range(section.draws)])
    found = gradients(loss, restored.to(device), reference)
    status = _status_of(found)
    yield Row(photo, "gradient_snr", signal_to_noise(found), status)
    for band, share in enumerate(spectrum(found)):
        yield Row(photo, f"spectrum_{band}", share, status)


def _restored(square: Rgb, photo: str, draw: int) -> Tensor:
    """The bicubic enlargement [1, 3, H, W] in 0..1 of one draw of the degradation of a square."""
    low = degrade(_BLIND, square, draws(0, f"optimisability/{photo}/degradation", sample=draw))
    return imresize(to_tensor(low), _BLIND.scale).clamp(0, 1)


def _status_of(gradients: Tensor) -> str:
    if not gradients.isfinite().all():
        return DIVERGED
    return OK if gradients.any() else NO_GRADIENT
