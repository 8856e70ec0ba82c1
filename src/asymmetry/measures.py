"""What identifies the losses and metrics behind a number, beside their names. Imports no torch."""

from collections.abc import Sequence
from pathlib import Path
from typing import Any

from asymmetry.backbones.catalog import BACKBONES
from asymmetry.fidelity.registry import code_of, weights_of
from asymmetry.files import digest
from asymmetry.plan import Plan
from asymmetry.weights import has_weights, weight_digests


def content_of(plan: Plan, names: Sequence[str]) -> dict[str, Any]:
    """The digests of the files inside losses, metrics and backbones.

    These are weights, of those that are present, and the channel weights that the study fits.
    """
    fits = plan.fits
    return {
        "weights": _present(Path(plan.study.execution.weights), names),
        "fits": {name: digest(fits[name].settings) for name in names if name in fits},
    }


def modules_of(names: Sequence[str]) -> list[str]:
    """The modules of losses and metrics."""
    return [module for name in names for module in code_of(name)]


def _present(folder: Path, names: Sequence[str]) -> dict[str, str]:
    entries: set[str | None] = {
        entry
        for name in names
        for entry in ([BACKBONES[name].weights] if name in BACKBONES else weights_of(name))
    }
    return {
        name: expected
        for name, expected in weight_digests(entries).items()
        if has_weights(name, folder)
    }
