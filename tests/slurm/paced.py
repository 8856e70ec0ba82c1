"""`asymmetry`, but its trainings go on, stop and lie as files of the project ask (see `pace.py`).

It stands before the real command in the jobs' PATH, so that a test acts on a training at a step and
not after some seconds, which are many steps on one machine and few on another.
"""

import os
import signal
import sys
import time
from pathlib import Path
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from asymmetry.training.trainer import Trainer

PACE = Path("pace")
_A_DAY = 86400.0


def file_of(what: str, run: str) -> Path:
    return PACE / what / run.removeprefix("runs/").removesuffix("/run.json").replace("/", "_")


class Clock:
    """The time as a deadline sees it."""

    ahead = 0.0

    def monotonic(self) -> float:
        return time.monotonic() + self.ahead


def keep_pace() -> None:
    from asymmetry.training import deadline
    from asymmetry.training.trainer import Trainer

    clock, beat, began = Clock(), Trainer.beat, dict[str, int]()
    deadline.time = clock  # type: ignore[assignment]
    limit = PACE / "stop-after"
    stop_after = int(limit.read_text()) if limit.is_file() else None

    def paced(trainer: "Trainer") -> None:
        step = trainer.state.step
        gained = step - began.setdefault(trainer.run.id, step)
        if stop_after and gained >= stop_after:
            clock.ahead = _A_DAY
        hold(trainer.run.id, step)
        beat(trainer)

    Trainer.beat = paced  # type: ignore[method-assign]


def hold(run: str, step: int) -> None:
    """Wait at the step that the test named for this run, until it or a signal lets it go on.

    So does another training of this run that comes to wait in the place of this one.
    """
    asked = file_of("hold", run)
    if not asked.is_file() or step != int(asked.read_text() or -1):
        return
    held, own = file_of("held", run), str(os.getpid())
    held.write_text(own)
    deadline = signal.getsignal(signal.SIGTERM).__self__  # type: ignore[union-attr]
    while asked.is_file() and held.read_text() in ("", own) and not deadline.signalled:
        time.sleep(0.05)


def lies(run: str) -> bool:
    """Whether this job is to end well and leave nothing: the first one of a run that is to lie."""
    try:
        file_of("lie", run).rename(file_of("lied", run))
    except FileNotFoundError:
        return False
    return True


def main() -> None:
    from asymmetry.cli.main import main as real

    if sys.argv[1:2] == ["train"]:
        if any(map(lies, sys.argv[2:])):
            return
        keep_pace()
    real()


if __name__ == "__main__":
    main()
