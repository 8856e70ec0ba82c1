"""What a tracker is to the follower of a training: a curve for each run."""

from collections.abc import Mapping
from pathlib import Path
from typing import Protocol

from asymmetry.core.files import canonical_json, digest, read_object, write_atomically

FOLDER = Path("tracking")
"""Where the trackers keep their files, each in a folder of its name."""

Config = Mapping[str, str | float]


class Curve(Protocol):
    """The curve of one run in a tracker, opened once and continued by every attempt.

    `last` is the step of the last row that the tracker holds, 0 without any.
    """

    last: int

    def add(self, step: int, values: Mapping[str, float]) -> None:
        """Add the values of a step, which may be NaN or infinite."""

    def flush(self) -> None:
        """Return once what was added is kept."""

    def close(self) -> None:
        """Flush, and let go of the tracker."""


class Note:
    """A file that says the last step of a run in a tracker which does not tell."""

    def __init__(self, tracker: str, run_id: str) -> None:
        self._path = FOLDER / tracker / "published" / f"{digest(run_id)[:16]}.json"

    def read(self) -> int:
        """The step, 0 without one."""
        return int(read_object(self._path).get("step", 0))

    def write(self, step: int) -> None:
        """Say that the rows up to this step are kept."""
        write_atomically(self._path, canonical_json({"step": step}))


def readable(column: str) -> str:
    """The name of a column of `log.csv` in a tracker; MLflow refuses the bars of a norm."""
    return f"gradient_norm/{column.strip('|')}" if column.startswith("|") else column
