"""Images with human scores, as every reader of such a set gives them, and the numbers in it.

A number that can be read in two ways is refused.
"""

import math
import re
from collections.abc import Callable, Hashable, Iterable, Sequence
from dataclasses import dataclass
from datetime import date, time, timedelta
from pathlib import Path
from typing import Any

from asymmetry.core.errors import UserError

# As CSV writers write numbers. `float` also takes 1_000, Arabic digits, nan and infinity.
_PLAIN = re.compile(r"[+-]?([0-9]+(\.[0-9]*)?|\.[0-9]+)([eE][+-]?[0-9]+)?")
_MEND = "mend it or remove the row"


@dataclass(frozen=True)
class ScoredRow:
    """An image and its score as written; `kind` is its distortion, "" where the set has none.

    `held_out` is whether the set's own split keeps it for the test, None where it has no split.
    `where` is the place in the score file.
    """

    name: str
    content: str
    score: float
    image: Path
    reference: Path | None
    kind: str = ""
    held_out: bool | None = None
    where: str = ""


@dataclass(frozen=True)
class Scores:
    """The rows of a set, and whether the better of two images has the higher score."""

    rows: list[ScoredRow]
    higher_is_better: bool


def refuse_repeats(
    rows: Sequence[ScoredRow], names: Callable[[ScoredRow], Iterable[Hashable]], remedy: str
) -> None:
    """UserError, naming both rows, where two rows are of one image: it would count twice.

    `names` are those of a row's image; one in common is enough.
    """
    first: dict[Hashable, ScoredRow] = {}
    for row in rows:
        for name in names(row):
            before = first.setdefault(name, row)
            if before is not row:
                other = "" if before.name == row.name else f", there called '{before.name}'"
                raise UserError(
                    f"{row.where}: '{row.name}' has a score already in {before.where}{other}; "
                    f"{remedy}"
                )


def number(value: Any, column: str, where: str) -> float:
    """The finite number that a score file holds under `column`, as text or as itself.

    UserError, naming `where`, for anything else: a blank, a truth value, a date, and text that is
    not decimal digits with a point.
    """
    text = " ".join(str(value).split())
    if value is None or not text:
        raise UserError(f"{where}: {column} is blank, not a number; {_MEND}")
    parsed = _parsed(value, text)
    if not math.isfinite(parsed):
        why = f" ({reason})" if (reason := _reason(value, text)) else ""
        raise UserError(f"{where}: {column} is '{text}', not a number{why}; {_MEND}")
    return parsed


def _parsed(value: Any, text: str) -> float:
    """NaN for what is not a number."""
    if isinstance(value, str):
        return float(text) if _PLAIN.fullmatch(text) else math.nan
    if isinstance(value, int | float) and not isinstance(value, bool):
        return float(value)
    return math.nan


def _reason(value: Any, text: str) -> str:
    """What the value looks like, where that helps to mend it."""
    if isinstance(value, date | time | timedelta):
        return "a date or time: the sheet has turned the number into one"
    if isinstance(value, bool):
        return "a truth value"
    if not isinstance(value, str):
        return ""
    if re.fullmatch(r"[+-]?[0-9.' ]*,[0-9,.]*", text):
        return "is the comma a decimal point, or does it separate thousands?"
    if "%" in text:
        return "a percentage: write the number itself"
    if not text.isascii():
        return "only the digits 0 to 9, a point and a plain minus are read"
    if "_" in text or re.fullmatch(r"[+-]?[0-9]+([ '][0-9]+)+", text):
        return "write its digits without separators"
    return ""
