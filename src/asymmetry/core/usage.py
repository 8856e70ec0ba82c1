"""What trainings use of their devices: the `usage` of a `run.json`, and its sums in words."""

import math
from collections import defaultdict
from collections.abc import Iterable
from dataclasses import dataclass
from typing import Any

from pydantic import TypeAdapter, ValidationError


@dataclass(frozen=True)
class Usage:
    """What a training used of its device, over all attempts, with steps that had to be repeated.

    `mean_utilisation` is in 0..1: on a GPU the share of time in which a kernel ran on it (of any
    process that shares it), on a CPU the share of the training's threads that was busy; None where
    it could not be measured.
    """

    device: str = ""
    device_seconds: float = 0.0
    mean_utilisation: float | None = None
    peak_memory_mb: float = 0.0
    attempts: int = 0


_USAGE = TypeAdapter(Usage)


def usage_of(record: dict[str, Any]) -> Usage:
    """The `usage` of a `run.json`; none where it has none that can be read."""
    try:
        return _USAGE.validate_python(record.get("usage", {}))
    except ValidationError:
        return Usage()


def mean_utilisation(parts: Iterable[Usage]) -> float | None:
    """The mean weighted by device time, over those that measured it; None where none did."""
    known = [
        (p.device_seconds, p.mean_utilisation) for p in parts if p.mean_utilisation is not None
    ]
    total = sum(seconds for seconds, _ in known)
    return sum(seconds * share for seconds, share in known) / total if total else None


def device_hours(parts: Iterable[Usage]) -> str:
    """Sums by device, most first: `3.2 on NVIDIA H200 (mean utilisation 71 %), 0.40 on cpu`."""
    by_device: dict[str, list[Usage]] = defaultdict(list)
    for part in parts:
        if part.device_seconds > 0:
            by_device[part.device].append(part)
    sums = {name: sum(p.device_seconds for p in group) for name, group in by_device.items()}
    ordered = sorted(sums, key=lambda name: -sums[name])
    return ", ".join(_on(name, sums[name], by_device[name]) for name in ordered) or "none"


def _on(device: str, seconds: float, parts: list[Usage]) -> str:
    share = mean_utilisation(parts)
    hours = f"{seconds / 3600:.2f}" if seconds < 3600 else f"{seconds / 3600:,.1f}"
    return f"{hours} on {device}" + (
        f" (mean utilisation {share:.0%})".replace("%", " %") if share is not None else ""
    )


def duration(seconds: float | None) -> str:
    """Seconds in the largest fitting unit: `42 s`, `3.5 min`, `12.0 h`."""
    if seconds is None or not math.isfinite(seconds):
        return "–"
    for unit, size in (("h", 3600), ("min", 60)):
        if seconds >= size:
            return f"{seconds / size:.1f} {unit}"
    return f"{seconds:.0f} s"
