"""The weights that a study names: what each is for, its size, and whether it is there. No torch."""

from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

from asymmetry.backbones.catalog import BACKBONES
from asymmetry.fidelity.registry import weights_of
from asymmetry.metrics.borrowed import Borrowed
from asymmetry.metrics.contracts import METRICS
from asymmetry.planning.plan import Plan
from asymmetry.weights.manifest import TIMM as PREFIX
from asymmetry.weights.store import WEIGHTS, has_weights
from asymmetry.weights.timm_files import timm_part

MANIFEST, PYIQA, TIMM = "manifest", "pyiqa", "timm"


@dataclass(frozen=True)
class Wanted:
    """Weights that a study names.

    `part` is their name in the lock, `library` whose they are, and `name` what they are called
    there. `users` are the losses, metrics and discriminators that need them. `size` is in bytes,
    None where it is not known.
    """

    part: str
    library: str
    name: str
    users: tuple[str, ...]
    there: bool
    size: int | None


def wanted(plan: Plan) -> list[Wanted]:
    """The weights that the study names, in the order in which it names them."""
    users: dict[tuple[str, str], list[str]] = {}
    for user, library, name in _named(plan):
        users.setdefault((library, name), []).append(user)
    return [
        _wanted(plan, library, name, tuple(dict.fromkeys(found)))
        for (library, name), found in users.items()
    ]


def to_fetch(plan: Plan) -> list[str]:
    """A line for each of the weights that are not there, and one that says how to get them."""
    absent = [one for one in wanted(plan) if not one.there]
    lines = [f"  {one.part}: {_size(one.size)}, for {', '.join(one.users)}" for one in absent]
    return [f"weights to fetch, {len(absent)}: {plan.lock.remedy}", *lines] if absent else []


def _size(size: int | None) -> str:
    return f"{size / 1e6:,.1f} MB" if size else "size not known"


def _named(plan: Plan) -> Iterator[tuple[str, str, str]]:
    """Who needs weights, the library that has them, and their name there."""
    study = plan.study
    for name in dict.fromkeys([*plan.losses, study.training.pixel, *study.evaluation.all_metrics]):
        contract = METRICS.get(name)
        if isinstance(contract, Borrowed):
            yield name, PYIQA, contract.pyiqa
        for entry in sorted(weights_of(name)):
            yield name, *_library(entry)
    for name in dict.fromkeys(cell.generator for cell in plan.cells):
        declared = study.generators.get(name)
        if declared and (published := _entry_at(plan, declared.file)):
            yield name, MANIFEST, published
    for name in dict.fromkeys(cell.discriminator for cell in plan.cells):
        spec = study.discriminators.get(name)
        compared = "pretrained" in study.transfer.initialisations and study.transfer.sets
        trunk = BACKBONES[spec.backbone].weights if spec else None
        if spec and trunk and (spec.initialisation == "pretrained" or compared):
            yield name, *_library(trunk)


def _entry_at(plan: Plan, file: str) -> str | None:
    """The entry of the manifest whose file belongs at this path; None where there is none."""
    folder = Path(plan.study.execution.weights)
    return next((name for name, one in WEIGHTS.items() if folder / one.file == Path(file)), None)


def _library(entry: str) -> tuple[str, str]:
    """Whose weights they are, and their name there."""
    model = entry.removeprefix(PREFIX)
    return (MANIFEST, entry) if model == entry else (TIMM, model)


def _wanted(plan: Plan, library: str, name: str, users: tuple[str, ...]) -> Wanted:
    folder, lock = Path(plan.study.execution.weights), plan.lock
    parts = {MANIFEST: name, PYIQA: f"pyiqa:{name}", TIMM: timm_part(name)}
    part = parts[library]
    known = [lock.files[file].size for file in lock.parts.get(part, ())]
    size = sum(known) if part in lock.parts else None
    if library == MANIFEST:
        there, size = has_weights(name, folder), WEIGHTS[name].size or size
    else:
        there = lock.has(part, folder)
    return Wanted(part, library, name, users, there, size)
