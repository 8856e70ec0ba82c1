"""The file of fitted channel weights: `alpha`, `beta`, and a record of how they were fitted.

A file can be verified by itself: its record holds the digest of the numbers, and the settings whose
digest is in the file's name. Imports no torch.
"""

import hashlib
import json
from pathlib import Path
from typing import Any, NamedTuple

import numpy as np
from numpy.typing import NDArray
from safetensors import SafetensorError, safe_open
from safetensors.numpy import save

from asymmetry.core.errors import UserError
from asymmetry.core.files import canonical_json, digest, write_atomically

_NAMES = ("alpha", "beta")
Weights = NDArray[np.float32]


class FittedWeights(NamedTuple):
    """The weights [C] of the means (`alpha`) and of the textures (`beta`), and their record."""

    alpha: Weights
    beta: Weights
    record: dict[str, Any]


def write_fitted(
    path: Path, alpha: Weights, beta: Weights, settings: dict[str, Any], facts: dict[str, Any]
) -> None:
    """Write the weights atomically, with a record of their settings and of `facts`."""
    record = {"settings": settings, "weights": _digest(alpha, beta), **facts}
    # As one entry, because safetensors keeps no order of several: equal fits are equal bytes.
    metadata = {"record": canonical_json(record).decode()}
    write_atomically(path, save(dict(zip(_NAMES, (alpha, beta), strict=True)), metadata))


def read_fitted(path: Path) -> FittedWeights:
    """The weights in a file; UserError where it is missing, damaged or not what its name says."""
    if not path.is_file():
        raise UserError(f"{path}: is missing; `asymmetry calibrate --output {path}` fits it")
    try:
        with safe_open(path, framework="numpy") as file:
            record = json.loads(file.metadata()["record"])
            alpha, beta = (file.get_tensor(name) for name in _NAMES)
            sound = record["weights"] == _digest(alpha, beta)
            named = path.stem.endswith(f"-{digest(record['settings'])[:8]}")
    except (SafetensorError, OSError, KeyError, TypeError, ValueError):
        raise UserError(f"{path}: is damaged; delete it and start again") from None
    if not (sound and named):
        wrong = "weights" if not sound else "settings"
        raise UserError(
            f"{path}: its {wrong} are not those that its record or name says; "
            "delete it and start again"
        )
    return FittedWeights(alpha, beta, record)


def _digest(alpha: Weights, beta: Weights) -> str:
    parts = [np.ascontiguousarray(one, dtype="<f4").tobytes() for one in (alpha, beta)]
    return hashlib.sha256(b"/".join(parts)).hexdigest()
