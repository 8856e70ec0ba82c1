"""What the trainings used of their devices, by kind of run and device."""

from collections.abc import Iterable
from typing import Any

import pandas as pd

from asymmetry.core.usage import Usage, device_hours, mean_utilisation
from asymmetry.report.words import records

_KINDS = {
    "warm-start": "warm starts",
    "discriminator-warm-start": "warm starts of discriminators",
    "cell": "cells",
}
_COLUMNS = ["device", "device_seconds", "mean_utilisation", "peak_memory_mb", "attempts"]


def usage_rows(runs: pd.DataFrame) -> list[dict[str, Any]]:
    """A row for each kind of run on each device; runs whose usage is unknown are left out."""
    rows = []
    for (kind, device), group in _with_usage(runs).groupby(["kind", "device"], sort=False):
        usage = _usage(group)
        rows.append(
            {
                "kind": _KINDS.get(str(kind), kind),
                "device": device,
                "runs": len(group),
                "seconds": sum(one.device_seconds for one in usage),
                "utilisation": mean_utilisation(usage),
                "memory": max(one.peak_memory_mb for one in usage),
                "attempts": sum(one.attempts for one in usage),
            }
        )
    return rows


def hours(runs: pd.DataFrame) -> str:
    """The device hours of all runs, by device, in words."""
    return device_hours(_usage(_with_usage(runs)))


def device_seconds(runs: pd.DataFrame, names: Iterable[str]) -> str:
    """What the trainings of these runs used, by device: `1,234 s on NVIDIA H200, 56 s on cpu`."""
    used = _with_usage(runs[runs["run"].isin(set(names))])
    sums = used.groupby("device")["device_seconds"].sum().sort_values(ascending=False)
    return ", ".join(f"{seconds:,.0f} s on {name}" for name, seconds in sums.items()) or "none"


def _with_usage(runs: pd.DataFrame) -> pd.DataFrame:
    return runs.dropna(subset=_COLUMNS[:2])


def _usage(runs: pd.DataFrame) -> list[Usage]:
    rows = records(runs[_COLUMNS])
    return [
        Usage(**{name: value for name, value in row.items() if value is not None}) for row in rows
    ]
