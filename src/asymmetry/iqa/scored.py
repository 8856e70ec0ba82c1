"""Images with human scores: what every door to such a set brings."""

import math
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from asymmetry.errors import UserError


@dataclass(frozen=True)
class ScoredRow:
    """An image and its score as written; `kind` is its distortion, "" where the set has none.

    `held_out` is whether the set's own split keeps it for the test, None where it has no split.
    """

    name: str
    content: str
    score: float
    image: Path
    reference: Path | None
    kind: str = ""
    held_out: bool | None = None


@dataclass(frozen=True)
class Scores:
    """The rows of a set, and whether the better of two images has the higher score."""

    rows: list[ScoredRow]
    higher_is_better: bool


def finite(value: Any, column: str, where: str) -> float:
    """The number that a score file holds; UserError, naming `where`, for anything else."""
    try:
        number = float(value)
    except (TypeError, ValueError):
        number = math.nan
    if not math.isfinite(number):
        raise UserError(f"{where}: {column} is '{value}', not a number; mend it or remove the row")
    return number
