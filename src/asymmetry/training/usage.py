"""What a training uses of its device: this attempt, on top of the earlier ones."""

import resource
import time
from threading import Event, Thread
from typing import Protocol

import torch

from asymmetry.core.usage import Usage, mean_utilisation

CHANGES_NUMBERS = False
_SAMPLE_SECONDS = 1.0


class SharedClock:
    """The time of a process, divided among the trainings that share it.

    It reads 0 at its creation, and then the integral of 1 / trainings over time, in seconds. What
    passes between two readings is one training's even share; the shares of all add up to the time
    of the process, also where some leave before the others.
    """

    def __init__(self, trainings: int = 1) -> None:
        self._trainings = trainings
        self._read, self._since = 0.0, time.monotonic()

    def now(self) -> float:
        """One training's share of the time so far."""
        return self._read + (time.monotonic() - self._since) / max(1, self._trainings)

    def leave(self) -> None:
        """From now on there is one training less."""
        self._read, self._since = self.now(), time.monotonic()
        self._trainings -= 1


class UsageCounter:
    """Counts what one training uses, by the clock and the meter that its process shares."""

    def __init__(self, device: torch.device, meter: "Meter", clock: SharedClock) -> None:
        """Everything since the creation of the clock counts, the set-up too."""
        self._device, self._meter, self._clock = device, meter, clock
        self._before = Usage()

    def carry(self, *known: Usage) -> None:
        """Go on from the largest of what is known of earlier attempts.

        A checkpoint knows what was used up to it; the heartbeat of an attempt that was killed
        also knows of the steps that it lost.
        """
        self._before = max(known, key=lambda usage: usage.device_seconds)

    def total(self) -> Usage:
        """What all attempts used so far. In a pack, memory is that of the whole process."""
        name = _device_name(self._device)
        now = Usage(name, self._clock.now(), self._meter.mean())
        share = mean_utilisation([self._before, now])
        return Usage(
            name,
            round(self._before.device_seconds + now.device_seconds, 3),
            None if share is None else round(share, 4),
            round(max(self._before.peak_memory_mb, _peak_memory_mb(self._device)), 1),
            self._before.attempts + 1,
        )


def meter_of(device: torch.device, threads: int) -> "Meter":
    """The meter of a process; `threads` is how many threads of the CPU it may use."""
    return _GpuMeter(device) if device.type == "cuda" else _CpuMeter(threads)


class Meter(Protocol):
    """Measures the mean utilisation of a device, in 0..1."""

    def start(self) -> None:
        """Measure from now on."""

    def stop(self) -> None:
        """Measure no more."""

    def mean(self) -> float | None:
        """The mean so far; None where it cannot be measured."""


class _CpuMeter:
    """The process' CPU time over the time that its threads could have had."""

    def __init__(self, threads: int) -> None:
        self._threads = threads
        self._busy, self._began = time.process_time(), time.monotonic()

    def start(self) -> None:
        """Nothing to do: the system always counts CPU time."""

    def stop(self) -> None:
        """Nothing to do."""

    def mean(self) -> float | None:
        """The share so far, at most 1: loading and writing may have used further threads."""
        possible = (time.monotonic() - self._began) * self._threads
        return min(1.0, (time.process_time() - self._busy) / possible) if possible > 0 else None


class _GpuMeter:
    """Asks NVML about once a second, in a thread, so that the training never waits for it."""

    def __init__(self, device: torch.device) -> None:
        self._device, self._done = device, Event()
        self._sum, self._samples = 0.0, 0
        self._thread = Thread(target=self._run, name="gpu-utilisation", daemon=True)

    def start(self) -> None:
        """Sample from now on."""
        self._thread.start()

    def stop(self) -> None:
        """Sample no more."""
        self._done.set()
        self._thread.join(timeout=2 * _SAMPLE_SECONDS)  # NVML may hang with its card

    def mean(self) -> float | None:
        """The mean of the samples; None where NVML is missing or gave none."""
        return self._sum / self._samples if self._samples else None

    def _run(self) -> None:
        while not self._done.wait(_SAMPLE_SECONDS):
            self._sample()

    def _sample(self) -> None:
        # Whatever NVML has against it (no library, a MIG slice, a lost card): no sample.
        try:
            share = torch.cuda.utilization(self._device) / 100
        except Exception:
            return
        self._sum, self._samples = self._sum + share, self._samples + 1


def _device_name(device: torch.device) -> str:
    return torch.cuda.get_device_name(device) if device.type == "cuda" else "cpu"


def _peak_memory_mb(device: torch.device) -> float:
    """Peak memory of the process in MB: of the GPU where there is one, else resident."""
    if device.type == "cuda":
        return torch.cuda.max_memory_allocated(device) / 2**20
    return resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 2**10
