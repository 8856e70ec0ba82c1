"""`run.json`: what a run is and how it went. Written last, so that it stands for the whole run."""

import json
import math
from dataclasses import asdict
from importlib.metadata import version
from typing import Any

import torch
from torch import Tensor, nn

from asymmetry.core.commit import code_commit
from asymmetry.core.files import sha256_of, write_atomically
from asymmetry.planning.discriminator_sizes import size_of
from asymmetry.planning.identity import module_digests
from asymmetry.planning.run import Run
from asymmetry.study import Discriminator
from asymmetry.tables.schemas import COLLAPSED, DIVERGED, DONE
from asymmetry.training.collapse import Collapse
from asymmetry.training.divergence import Divergence
from asymmetry.training.finished import FINISHED
from asymmetry.training.lock import may_write
from asymmetry.training.logs import Row

CHANGES_NUMBERS = False
_LIBRARIES = ("torch", "timm", "spandrel")


def write_record(run: Run, end: Divergence | Collapse | None, facts: dict[str, Any]) -> None:
    """Write `run.json` with the run's settings, the sha256 of its outputs, and `facts`.

    `end` is what ended the training before its last step. Raises TakenOverError where
    the run's folder is another job's by now.
    """
    if not may_write(run.folder):
        return
    outputs = sorted(run.folder.glob("*.safetensors"))
    record = {
        "id": run.id,
        "status": DONE,
        **dict.fromkeys((DIVERGED, COLLAPSED)),
        **_ended(end),
        "settings": run.settings,
        "modules": module_digests(run.roots),
        "outputs": {path.name: sha256_of(path) for path in outputs},
        "versions": {name: version(name) for name in _LIBRARIES},
        "commit": code_commit(),
        **facts,
    }
    text = json.dumps(_finite(record), indent=1, allow_nan=False).encode() + b"\n"
    write_atomically(run.folder / FINISHED, text)
    write_atomically(run.record, text)


def _ended(end: Divergence | Collapse | None) -> dict[str, Any]:
    """The status of a training that did not come to its last step, and under that name when."""
    if end is None:
        return {}
    status = COLLAPSED if isinstance(end, Collapse) else DIVERGED
    return {"status": status, status: asdict(end)}


def summary(rows: list[Row], weights: dict[str, float]) -> dict[str, Any]:
    """First and last value of each term, mean gradient norms, and the adversarial ratio.

    The ratio is |adversarial_weight g_adversarial| / |fidelity_weight g_fidelity| at the
    generator's output, null without an adversary or a fidelity term; `weights` are those that the
    training used, after any balance.
    """
    names = [name for name in rows[0] if name != "step"] if rows else []
    values = [name for name in names if not name.startswith("|")]
    norms = {
        name.strip("|"): sum(row[name] for row in rows) / len(rows)
        for name in names
        if name.startswith("|")
    }
    ratio = None
    if "adversarial" in norms and norms.get("fidelity", 0.0) * weights.get("fidelity", 0.0) > 0:
        scaled = [row.get("adaptive", 1.0) * row["|adversarial|"] for row in rows]
        ratio = weights["adversarial"] * sum(scaled) / len(rows)
        ratio /= weights["fidelity"] * norms["fidelity"]
    return {
        "losses": {name: {"first": rows[0][name], "last": rows[-1][name]} for name in values},
        "gradient_norms": norms,
        "gradient_ratio": ratio,
    }


def discriminator_facts(settings: dict[str, Any]) -> dict[str, int | None]:
    """Parameters (0) and receptive field (null without one) of the discriminator of a run."""
    spec, crop = settings["discriminator"], settings["training"]["crop"]
    size = size_of(Discriminator.model_validate(spec), crop) if spec else None
    return {
        "discriminator_parameters": size.parameters if size else 0,
        "discriminator_trained_parameters": size.trained_parameters if size else 0,
        "receptive_field": size.receptive_field if size else None,
    }


def spectral_norms(module: nn.Module | None) -> dict[str, float]:
    """The largest singular value of each effective weight matrix (convolutions flattened)."""
    layers = module.named_modules() if module else ()
    weights = {
        name: layer.weight for name, layer in layers if isinstance(layer, nn.Conv2d | nn.Linear)
    }
    return {name: _largest(weight.detach()) for name, weight in weights.items()}


def _largest(weight: Tensor) -> float:
    if not weight.isfinite().all():  # a diverged run's: there is no decomposition
        return math.nan
    return float(torch.linalg.matrix_norm(weight.float().flatten(1), ord=2))


def _finite(value: Any) -> Any:
    """`value` with numbers that JSON cannot hold (NaN, infinity) as null."""
    if isinstance(value, dict):
        return {key: _finite(item) for key, item in value.items()}
    if isinstance(value, float) and value - value != 0:
        return None
    return value
