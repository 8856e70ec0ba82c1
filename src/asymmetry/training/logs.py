"""What a training logs: numbers in `log.csv`, and lines of text to read."""

import csv
import sys
import time
import traceback
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from dataclasses import dataclass, field
from io import StringIO
from pathlib import Path
from typing import TYPE_CHECKING, TextIO

from asymmetry.core.errors import UserError
from asymmetry.core.files import write_atomically
from asymmetry.training.heartbeat import TEXT_LOG, failure_noted

if TYPE_CHECKING:  # who only reads a log needs no torch
    from torch import Tensor

CHANGES_NUMBERS = False
CSV_LOG = "log.csv"
Row = dict[str, float]


class CsvLog:
    """The rows of `log.csv`: step, then the value and gradient norm of each term at that step."""

    def __init__(self, path: Path, upto: int) -> None:
        """Take over the rows of an earlier attempt, up to the step from which it is continued."""
        self._path = path
        self.rows = [row for row in read_log(path) if row["step"] <= upto]

    def add(self, step: int, logs: dict[str, "Tensor"]) -> Row:
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


def row_of(step: int, logs: dict[str, "Tensor"]) -> Row:
    """What a step logged, as a row."""
    return {"step": float(step)} | {name: float(value) for name, value in logs.items()}


def read_log(path: Path) -> list[Row]:
    """The rows of a `log.csv`; none where there is no such file."""
    if not path.is_file():
        return []
    with path.open(newline="") as file:
        return [{name: float(value) for name, value in row.items()} for row in csv.DictReader(file)]


@dataclass
class TextLog:
    """Where the lines of one training go.

    Alone it writes to standard error, which the Snakefile sends to the run's `train.log`. In a pack
    it writes to that file itself (`owns_file`).
    """

    folder: Path
    owns_file: bool = False
    stream: TextIO = field(default_factory=lambda: sys.stderr)

    @contextmanager
    def failure_noted(self) -> Iterator[None]:
        """Note an exception in `progress.json` and in the training's own file, and raise it on."""
        try:
            with failure_noted(self.folder):
                yield
        except Exception as error:
            if self.owns_file:
                with suppress(OSError):
                    self._write(error)
            raise

    def _write(self, error: Exception) -> None:
        if isinstance(error, UserError):
            print(f"error: {error}", file=self.stream, flush=True)
        else:
            traceback.print_exception(error, file=self.stream)
            self.stream.flush()


@contextmanager
def text_log_in_pack(folder: Path) -> Iterator[TextLog]:
    """The log of one training of a pack, at the end of `train.log` in its folder."""
    with (folder / TEXT_LOG).open("a", encoding="utf-8") as stream:
        yield TextLog(folder, True, stream)


class Progress:
    """Shows steps and losses on a stream: a bar on a terminal, else a line now and then."""

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
