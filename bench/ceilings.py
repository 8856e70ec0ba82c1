"""What one thread of the processor can do, and how near the operations of some work come to it.

An operation takes at least the time of its arithmetic at the speed of a product of matrices, that
of the bytes it reads and writes at the speed of a copy within the cache, and that of a call of an
operation on four numbers. The largest of the three binds it. The sum over the operations is the
least time of the work, and what binds most of that time is what binds the work.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from statistics import median
from typing import Any

import torch

from bench.compare import Sample, measurement
from bench.parts import Call
from bench.step_time import (
    called_operations_per_second,
    copied_bytes_per_second,
    multiplied_flops_per_second,
)

BINDS = ("arithmetic", "memory", "calls")
Speeds = Mapping[str, float]
_PRODUCT, _IN_CACHE, _IN_MEMORY = 1024, 2**20, 2**28
_CPU = torch.device("cpu")


@dataclass(frozen=True)
class Ceilings:
    """Operations, bytes and calls a second."""

    flops: float
    moved: float
    calls: float

    def least(self, calls: Sequence[Call]) -> dict[str, float]:
        """The least seconds of operations (flops, bytes moved), by what binds each."""
        found = dict.fromkeys(BINDS, 0.0)
        for flops, moved in calls:
            times = (flops / self.flops, moved / self.moved, 1 / self.calls)
            longest = max(times)
            found[BINDS[times.index(longest)]] += longest
        return found

    @classmethod
    def of(cls, speeds: Sequence[Speeds]) -> "Ceilings":
        """The medians of what `measured_speeds` gave."""
        return cls(
            *(median(one[name] for one in speeds) for name in ("product", "in cache", "calls"))
        )


def reached(seconds: float, least: Mapping[str, float]) -> dict[str, Any]:
    """Milliseconds of some work, the share that its least time is of them, and what binds."""
    return {
        "ms": round(1000 * seconds, 3),
        "share": round(sum(least.values()) / seconds, 3),
        "binds": max(BINDS, key=lambda bound: least[bound]),
    }


def in_words(found: Mapping[str, Any]) -> str:
    """What `reached` gives, in a cell of a table."""
    return f"{found['ms']:.3g} ({100 * found['share']:.0f} %, {found['binds']})"


def measured_speeds() -> Speeds:
    """Operations, bytes and calls a second."""
    return {
        "product": multiplied_flops_per_second(_PRODUCT, torch.float32, _CPU, 10),
        "in cache": copied_bytes_per_second(_IN_CACHE, _CPU, 200),
        "in memory": copied_bytes_per_second(_IN_MEMORY, _CPU, 3),
        "calls": called_operations_per_second(),
    }


def speed_rows(speeds: Sequence[Speeds]) -> list[dict[str, Any]]:
    """The speeds as rows."""
    units = {
        "product": (f"product of matrices, {_PRODUCT} x {_PRODUCT}, one thread", "GFLOP/s", 1e9),
        "in cache": ("copy within the cache, 1 MB, one thread", "GB/s", 1e9),
        "in memory": ("copy within memory, 256 MB, one thread", "GB/s", 1e9),
        "calls": ("operations on four numbers, forward and back", "thousand/s", 1e3),
    }
    return [
        measurement(what, unit, [Sample(speed[name] / scale) for speed in speeds])
        for name, (what, unit, scale) in units.items()
    ]
