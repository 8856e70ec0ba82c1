"""What the trainings took of their devices, by kind of run and device."""

from collections.abc import Iterable
from typing import Any

import pandas as pd

from asymmetry.core.usage import Spent, device_hours, mean_utilisation
from asymmetry.report.words import records

_KINDS = {"warm-start": "warm starts", "cell": "cells"}
_COLUMNS = ["device", "device_seconds", "mean_utilisation", "peak_memory_mb", "attempts"]


def ledger(runs: pd.DataFrame) -> list[dict[str, Any]]:
    """A row for each kind of run on each device; a run without a record of it is in none."""
    rows = []
    for (kind, device), group in _with_record(runs).groupby(["kind", "device"], sort=False):
        spent = _spent(group)
        rows.append(
            {
                "kind": _KINDS.get(str(kind), kind),
                "device": device,
                "runs": len(group),
                "seconds": sum(one.device_seconds for one in spent),
                "utilisation": mean_utilisation(spent),
                "memory": max(one.peak_memory_mb for one in spent),
                "attempts": sum(one.attempts for one in spent),
            }
        )
    return rows


def hours(runs: pd.DataFrame) -> str:
    """The device hours of all runs, by device, in words."""
    return device_hours(_spent(_with_record(runs)))


def device_seconds(runs: pd.DataFrame, names: Iterable[str]) -> str:
    """What the trainings of these runs took, by device: `1,234 s on NVIDIA H200, 56 s on cpu`."""
    chosen = _with_record(runs[runs["run"].isin(set(names))])
    sums = chosen.groupby("device")["device_seconds"].sum().sort_values(ascending=False)
    return ", ".join(f"{seconds:,.0f} s on {name}" for name, seconds in sums.items()) or "none"


def _with_record(runs: pd.DataFrame) -> pd.DataFrame:
    return runs.dropna(subset=_COLUMNS[:2])


def _spent(runs: pd.DataFrame) -> list[Spent]:
    rows = records(runs[_COLUMNS])
    return [
        Spent(**{name: value for name, value in row.items() if value is not None}) for row in rows
    ]
