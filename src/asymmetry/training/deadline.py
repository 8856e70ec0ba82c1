"""When a training must stop: its time limit, or a signal that asks it to."""

import signal
import time
from types import FrameType

from asymmetry.core.slurm import seconds_left

CHANGES_NUMBERS = False
EXIT_CONTINUE = 75  # EX_TEMPFAIL: saved, start me again
_SAFETY_SECONDS = 2.0


class Deadline:
    """Knows the end of the job's time and hears SIGTERM and SIGINT.

    The end is the SLURM job's where there is one, else `minutes` from now.
    """

    def __init__(self, minutes: float | None) -> None:
        left = seconds_left()
        if left is None:
            left = 60 * minutes if minutes else float("inf")
        self._end = time.monotonic() + left
        self.signalled = False
        for number in (signal.SIGTERM, signal.SIGINT):
            signal.signal(number, self._hear)

    def _hear(self, _number: int, _frame: FrameType | None) -> None:
        self.signalled = True

    @property
    def known(self) -> bool:
        """Whether there is a time limit."""
        return self._end < float("inf")

    def reached(self, needed: float) -> bool:
        """Whether to stop now, when one more step and a checkpoint need `needed` seconds."""
        return self.signalled or time.monotonic() + 2 * needed + _SAFETY_SECONDS > self._end
