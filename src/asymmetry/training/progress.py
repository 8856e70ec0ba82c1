"""What a training shows: a bar on a terminal, a line now and then otherwise, and a CSV."""

import csv
import time
from io import StringIO
from pathlib import Path
from typing import TextIO

from torch import Tensor

from asymmetry.core.files import write_atomically

CHANGES_NUMBERS = False
Row = dict[str, float]


class Log:
    """The rows of `log.csv`: step, then the value and gradient norm of each term at that step."""

    def __init__(self, path: Path, upto: int) -> None:
        """Take over the rows of a former attempt up to the step that is continued from."""
        self._path = path
        self.rows = [row for row in read_log(path) if row["step"] <= upto]

    def add(self, step: int, logs: dict[str, Tensor]) -> Row:
        """Append one row."""
        self.rows.append(row_of(step, logs))
        return self.rows[-1]

    def save(self) -> None:
        """Write all rows."""
        text = StringIO()
        writer = csv.DictWriter(text, self.rows[-1] if self.rows else ["step"], lineterminator="\n")
        writer.writeheader()
        writer.writerows(self.rows)
        write_atomically(self._path, text.getvalue().encode())


def row_of(step: int, logs: dict[str, Tensor]) -> Row:
    """What a step logged, as a row."""
    return {"step": float(step)} | {name: float(value) for name, value in logs.items()}


def read_log(path: Path) -> list[Row]:
    """The rows of a `log.csv`; none where there is no such file."""
    if not path.is_file():
        return []
    with path.open(newline="") as file:
        return [{name: float(value) for name, value in row.items()} for row in csv.DictReader(file)]


class Progress:
    """Shows steps and losses on a stream."""

    def __init__(self, name: str, start: int, steps: int, stream: TextIO) -> None:
        self._name, self._start, self._steps = name, start, steps
        self._stream, self._on_terminal = stream, stream.isatty()
        self._began = time.monotonic()

    def show(self, row: Row) -> None:
        """Show one row of the log."""
        step = int(row["step"])
        speed = (step - self._start) / max(time.monotonic() - self._began, 1e-9)
        terms = "  ".join(f"{k} {v:.4g}" for k, v in row.items() if k != "step" and k[0] != "|")
        line = f"{self._name}  step {step}/{self._steps}  {speed:.1f} steps/s  {terms}"
        if self._on_terminal:
            filled = 20 * step // self._steps
            bar = "#" * filled + "." * (20 - filled)
            print(f"\r\x1b[K[{bar}] {line}", end="", file=self._stream, flush=True)
        else:
            print(line, file=self._stream, flush=True)

    def close(self) -> None:
        """Leave the terminal on a fresh line."""
        if self._on_terminal:
            print(file=self._stream)
