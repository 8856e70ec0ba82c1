"""What the ids of runs say to a reader."""

import re

from asymmetry.planning.outside import OUTSIDE

__all__ = ["OUTSIDE", "method_of", "name_of"]
_DIGITS = re.compile(r"-[0-9a-f]{8}$")


def name_of(run: str) -> str:
    """A run's id without the digits, which change with a retraining or with other bytes."""
    return _DIGITS.sub("", run)


def method_of(run: str) -> str:
    """The name of what was made elsewhere, from its id: `x4/outside/swinir-01abcdef`, `swinir`."""
    return name_of(run).rpartition("/")[2]
