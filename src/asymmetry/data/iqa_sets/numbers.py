"""The one reading of a number in a score file: what can be read in two ways is refused."""

import math
import re
from datetime import date, time, timedelta
from typing import Any

from asymmetry.core.errors import UserError

# As CSV writers write numbers. `float` also takes 1_000, Arabic digits, nan and infinity.
_PLAIN = re.compile(r"[+-]?([0-9]+(\.[0-9]*)?|\.[0-9]+)([eE][+-]?[0-9]+)?")
_MEND = "mend it or remove the row"


def number(value: Any, column: str, where: str) -> float:
    """The finite number that a score file holds under `column`, as text or as itself.

    UserError, naming `where`, for anything else: a blank, a truth value, a date, and text that is
    not decimal digits with a point.
    """
    text = " ".join(str(value).split())
    if value is None or not text:
        raise UserError(f"{where}: {column} is blank, not a number; {_MEND}")
    found = _read(value, text)
    if not math.isfinite(found):
        why = f" ({reason})" if (reason := _reason(value, text)) else ""
        raise UserError(f"{where}: {column} is '{text}', not a number{why}; {_MEND}")
    return found


def _read(value: Any, text: str) -> float:
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
