"""`progress.json`: how a training stands while there is no `run.json`. Imports no torch.

It is for looking at a study from outside. Nothing depends on it: Snakemake does not know it, and a
training goes on where it cannot be written.
"""

import os
import platform
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from dataclasses import asdict, dataclass, field, replace
from pathlib import Path
from typing import Literal

from pydantic import TypeAdapter, ValidationError

from asymmetry.core.errors import UserError
from asymmetry.core.files import canonical_json, write_atomically
from asymmetry.core.usage import Usage
from asymmetry.training.lock import TakenOverError

CHANGES_NUMBERS = False
PROGRESS, TEXT_LOG = "progress.json", "train.log"
EVERY_SECONDS = 2.0


@dataclass(frozen=True)
class Beat:
    """What a `progress.json` says; times in seconds, `updated` since 1970.

    `seconds` counts the training that is kept and `usage` all that was used, over all attempts;
    `continued` is how many times the training went on from a checkpoint.
    """

    state: Literal["running", "continue", "failed"]
    step: int = 0
    steps: int = 0
    steps_per_second: float | None = None
    seconds: float = 0.0
    continued: int = 0
    host: str = ""
    pid: int = 0
    slurm_job: str | None = None
    gpus: str | None = None  # CUDA_VISIBLE_DEVICES
    updated: float = 0.0
    message: str = ""
    usage: Usage = field(default_factory=Usage)


_BEAT = TypeAdapter(Beat)


def read_beat(folder: Path) -> Beat | None:
    """The heartbeat of the run in a folder; None where there is none, or a damaged one."""
    try:
        return _BEAT.validate_json((folder / PROGRESS).read_bytes())
    except (OSError, ValidationError):
        return None


def last_usage(folder: Path) -> Usage:
    """What was used up to the last heartbeat of the run in a folder."""
    beat = read_beat(folder)
    return beat.usage if beat else Usage()


class Heartbeat:
    """Keeps the `progress.json` of one attempt current."""

    def __init__(
        self,
        folder: Path,
        start: Beat,
        seconds: Callable[[], float],
        usage: Callable[[], Usage],
    ) -> None:
        """`start` is where this attempt begins; `seconds` and `usage` are those of a beat."""
        self._folder, self._seconds, self._usage = folder, seconds, usage
        self._start = replace(
            start,
            host=platform.node(),
            pid=os.getpid(),
            slurm_job=os.environ.get("SLURM_JOB_ID"),
            gpus=os.environ.get("CUDA_VISIBLE_DEVICES"),
        )
        self._began, self._written = time.monotonic(), float("-inf")

    def beat(self, step: int) -> None:
        """Write that `step` steps are done, unless the last writing is too recent."""
        if time.monotonic() - self._written >= EVERY_SECONDS:
            self._write("running", step, "")

    def stop(self, step: int, why: str) -> None:
        """Write that the training stopped after `step` steps, to be continued."""
        self._write("continue", step, f"stopped by {why}")

    def end(self) -> None:
        """Remove the file: `run.json` says all from here on."""
        with suppress(OSError):
            (self._folder / PROGRESS).unlink(missing_ok=True)

    def _write(self, state: Literal["running", "continue"], step: int, message: str) -> None:
        self._written = time.monotonic()
        seconds, steps = self._written - self._began, step - self._start.step
        beat = replace(
            self._start,
            state=state,
            step=step,
            steps_per_second=round(steps / seconds, 4) if steps and seconds else None,
            seconds=round(self._seconds(), 3),
            updated=round(time.time(), 3),
            message=message,
            usage=self._usage(),
        )
        _put(self._folder, beat)


@contextmanager
def failure_noted(folder: Path) -> Iterator[None]:
    """Note in `progress.json` the line of an exception that ends a training, and raise it on."""
    try:
        yield
    except TakenOverError:
        raise  # the file is the other job's
    except Exception as error:
        last = read_beat(folder) or Beat("failed")
        message = one_line(error)
        _put(folder, replace(last, state="failed", message=message, updated=time.time()))
        raise


def _put(folder: Path, beat: Beat) -> None:
    # A full disk (a UserError) or a lost file system must not end the training.
    with suppress(OSError, UserError):
        write_atomically(folder / PROGRESS, canonical_json(asdict(beat)) + b"\n")


def one_line(error: Exception) -> str:
    """The first line of an exception; its type too, where it is not meant for the user."""
    text = next(iter(str(error).strip().splitlines()), "")
    return text if isinstance(error, UserError) else f"{type(error).__name__}: {text}"
