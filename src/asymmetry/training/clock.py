"""The time of a process, split over the trainings that share it."""

import time

CHANGES_NUMBERS = False


class SharedClock:
    """Reads 0 at its creation, and then the integral of 1 / members over time, in seconds.

    What passes between two readings is one member's even share of the process' time; the shares of
    all members add up to it, also where some leave before the others.
    """

    def __init__(self, members: int = 1) -> None:
        self._members = members
        self._read, self._since = 0.0, time.monotonic()

    def now(self) -> float:
        """One member's share of the time so far."""
        return self._read + (time.monotonic() - self._since) / max(1, self._members)

    def leave(self) -> None:
        """From now on there is one member less."""
        self._read, self._since = self.now(), time.monotonic()
        self._members -= 1
