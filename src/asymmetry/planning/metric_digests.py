"""What identifies the losses and metrics behind a number, beside their names. Imports no torch."""

from collections.abc import Iterable, Sequence
from dataclasses import asdict
from pathlib import Path
from typing import Any

from asymmetry.backbones.catalog import BACKBONES, RANDOM, BackboneSpec
from asymmetry.core.files import digest
from asymmetry.fidelity.registry import backbone_of, code_of, fidelity_names, weights_of
from asymmetry.metrics.contracts import JUDGES
from asymmetry.planning.identity import without_places
from asymmetry.planning.plan import Plan
from asymmetry.weights.store import has_weights, weight_digests


def content_of(plan: Plan, names: Sequence[str]) -> dict[str, Any]:
    """What losses, metrics and backbones are beside their code: contracts, architectures, files.

    Files are weights, of those that are present, and the channel weights that the study fits.
    """
    fits = plan.fits
    computed = plan.computed_metrics
    locked = {name: files for name in names if name in computed and (files := plan.locked(name))}
    return {
        "contracts": contracts_of(names),
        "backbones": {
            name: without_places(asdict(spec)) for name in names if (spec := _architecture(name))
        },
        "weights": _present(Path(plan.study.execution.weights), names),
        "fits": {name: digest(fits[name].settings) for name in names if name in fits},
        **({"locked": locked} if locked else {}),
    }


def contracts_of(names: Iterable[str]) -> dict[str, dict[str, Any]]:
    """The contracts of those that are judges, as plain data without the places of code."""
    return {name: without_places(asdict(JUDGES[name])) for name in names if name in JUDGES}


def roots_of(names: Sequence[str]) -> list[str]:
    """What the code of losses and metrics begins from."""
    return [root for name in names for root in code_of(name)]


def _architecture(name: str) -> BackboneSpec | None:
    """The backbone that `name` is, or that is inside the loss of that name."""
    backbone = backbone_of(name) if name in fidelity_names() else name
    return BACKBONES.get((backbone or "").removesuffix(RANDOM))


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
