"""The process beside a training that hands the rows of its `log.csv` to a tracker.

It reads what to follow from the first line of its standard input, and works until that is closed:
by the training that ended, or by the system where it was killed. So neither the time nor the
failures of a tracker are in the process that trains. Imports no torch.
"""

import json
import os
import select
import signal
import sys
import time
from collections.abc import Callable
from contextlib import ExitStack
from dataclasses import dataclass, field
from functools import partial
from importlib import import_module
from pathlib import Path
from typing import Any, TextIO

from asymmetry.core.files import digest
from asymmetry.core.lock import try_lock
from asymmetry.monitor.trackers.contract import FOLDER, Config, Curve, readable
from asymmetry.training.logs import CSV_LOG, read_log

_POLL_SECONDS = 1.0
_LAST_LOOKS = 20  # while the follower of an attempt that was killed still writes


@dataclass
class Followed:
    """A run whose log is published row by row, by one process at a time."""

    tracker: str
    run_id: str
    folder: Path
    config: Config
    _curve: Curve | None = None
    _seen: tuple[int, int] | None = None
    _held: ExitStack = field(default_factory=ExitStack)

    def look(self, again: bool = False) -> bool:
        """Publish the rows that are new; False where another process publishes this run.

        The log is read where it was written since the last look, or `again`. Raises what the
        tracker raises; the next look then opens the curve anew.
        """
        stamp = self._stamp()
        if stamp is None or (stamp == self._seen and not again):
            return True
        if self._curve is None and not self._hold():
            return False
        self._seen = stamp
        try:
            self._publish()
        except BaseException:
            self._curve = None
            self._held.close()
            raise
        return True

    def load(self) -> None:
        """Import the tracker, which may take as long as a short training."""
        self._module()

    def close(self) -> None:
        """Let go of the curve."""
        with self._held:
            if self._curve is not None:
                self._curve.close()

    def _stamp(self) -> tuple[int, int] | None:
        """What tells a log from the one before, which it replaces; None without one."""
        try:
            status = (self.folder / CSV_LOG).stat()
        except OSError:
            return None
        return status.st_mtime_ns, status.st_ino

    def _hold(self) -> bool:
        lock = FOLDER / self.tracker / "locks" / digest(self.run_id)[:16]
        lock.parent.mkdir(parents=True, exist_ok=True)
        if self._held.enter_context(try_lock(lock)):
            return True
        self._held.close()
        return False

    def _publish(self) -> None:
        if self._curve is None:
            self._curve = self._module().open_curve(self.run_id, self.config)
        curve: Curve = self._curve
        # A training that was killed repeats steps; their rows are the same.
        for row in read_log(self.folder / CSV_LOG):
            if (step := int(row["step"])) > curve.last:
                curve.add(step, {readable(k): v for k, v in row.items() if k != "step"})
                curve.last = step
        curve.flush()

    def _module(self) -> Any:
        return import_module(f"asymmetry.monitor.trackers.{self.tracker}")


class Follower:
    """Follows runs; of all that fails it prints the first as a line."""

    def __init__(self, runs: list[Followed], stream: TextIO) -> None:
        self._runs, self._stream, self._warned = runs, stream, False

    def load(self) -> None:
        """Import the tracker while the training begins."""
        for run in self._runs:
            self._tried(run, run.load)

    def look(self, again: bool = False) -> bool:
        """Look at each run once; False where another process publishes one of them."""
        free = [self._tried(run, partial(run.look, again)) for run in self._runs]
        return all(free)

    def close(self) -> None:
        """Publish what is left, also what failed before, and let go of every curve."""
        for _ in range(_LAST_LOOKS):
            if self.look(again=True):
                break
            time.sleep(_POLL_SECONDS)
        for run in self._runs:
            self._tried(run, run.close)

    def _tried(self, run: Followed, act: Callable[[], bool | None]) -> bool:
        """Whether there is nothing to wait for."""
        try:
            return act() is not False
        except (Exception, SystemExit) as error:
            if not self._warned:
                self._warned = True
                why = " ".join(f"{type(error).__name__}: {error}".split())[:160]
                print(warning(run.tracker, why), file=self._stream, flush=True)
            return True


def warning(tracker: str, why: str) -> str:
    """The line that says that a tracker failed, and that the training did not."""
    return (
        f"warning: execution.tracker: {tracker}: {why}; the training goes on, and its log.csv "
        "has every row"
    )


def main() -> None:
    """Follow until standard input is closed."""
    # What ends the training ends this process, but only after the last row.
    for number in (signal.SIGINT, signal.SIGTERM):
        signal.signal(number, signal.SIG_IGN)
    os.nice(10)
    stream = os.fdopen(os.dup(sys.stderr.fileno()), "w")
    silence = os.open(os.devnull, os.O_WRONLY)
    for chatty in (sys.stdout, sys.stderr):  # trackers tell how they are
        os.dup2(silence, chatty.fileno())
    told = json.loads(sys.stdin.buffer.readline())
    runs = [
        Followed(told["tracker"], run["id"], Path(run["folder"]), run["config"])
        for run in told["runs"]
    ]
    follower = Follower(runs, stream)
    follower.load()
    while not select.select([sys.stdin], [], [], _POLL_SECONDS)[0]:
        follower.look()
    follower.close()


if __name__ == "__main__":
    main()
