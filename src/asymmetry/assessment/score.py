"""A score, what it belongs to, and why there is none."""

from typing import NamedTuple

OK, DIVERGED, MISSING_WEIGHTS = "ok", "diverged", "missing weights"


class Key(NamedTuple):
    """What a score belongs to."""

    set: str
    image: str
    metric: str


class Score(NamedTuple):
    """A value, NaN where the status is not "ok"."""

    value: float
    status: str
