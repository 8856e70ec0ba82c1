"""When a training must stop: its time limit, or a signal that asks it to."""

import os
import signal
import time
from types import FrameType

EXIT_CONTINUE = 75  # EX_TEMPFAIL: saved, start me again
_SAFETY_SECONDS = 2.0


class Deadline:
    """Knows the end of the job's time and hears SIGTERM and SIGINT.

    The end is `SLURM_JOB_END_TIME` (seconds since 1970) where SLURM sets it, else `minutes` from
    now.
    """

    def __init__(self, minutes: float | None) -> None:
        slurm_end = os.environ.get("SLURM_JOB_END_TIME")
        self._end = float("inf")
        if slurm_end:
            self._end = float(slurm_end)
        elif minutes:
            self._end = time.time() + 60 * minutes
        self.signalled = False
        for number in (signal.SIGTERM, signal.SIGINT):
            signal.signal(number, self._hear)

    def _hear(self, _number: int, _frame: FrameType | None) -> None:
        self.signalled = True

    def reached(self, needed: float) -> bool:
        """Whether to stop now, when one more step and a checkpoint need `needed` seconds."""
        return self.signalled or time.time() + 2 * needed + _SAFETY_SECONDS > self._end
