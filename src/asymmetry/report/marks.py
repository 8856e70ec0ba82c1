"""What a mark of a figure says of its row of the figure's numbers."""

from collections.abc import Mapping
from typing import Any

import pandas as pd

from asymmetry.figures.parts import weight_label
from asymmetry.report.words import interval, number
from asymmetry.tables.schemas import DONE, OK

# Columns that name a row, in the order of the words; those of `_PLACES` are too long for words.
_NAMES = (
    *(
        "id",
        "axis",
        "regime",
        "truth",
        "design",
        "fidelity",
        "backbone",
        "discriminator",
        "adversarial_weight",
        "seed",
    ),
    *("mode", "reference", "initialisation", "metric", "statistic", "judge", "other", "source"),
)
_PLACES = ("task", "generator", "set", "kind")
# Columns with a value, and with the ends of its interval.
_VALUES = {
    "value": ("low", "high"),
    "skill": ("skill_low", "skill_high"),
    "effect": ("effect_low", "effect_high"),
    "mean": ("mean_low", "mean_high"),
    "power": ("low", "high"),
    "distortion": ("", ""),
    "perception": ("", ""),
    "auc_start": ("", ""),
    "auc_middle": ("", ""),
    "auc_end": ("", ""),
    "rank": ("", ""),
}


def names_of(row: Mapping[str, Any]) -> list[str]:
    """The names that a row has: an entry of a legend with one of them stands for it."""
    found = [
        _name(column, row[column]) for column in (*_PLACES, *_NAMES, "status") if column in row
    ]
    if not pd.isna(row.get("adversarial_weight")):
        found.append(f"{row['adversarial_weight']:g}")
    return [name for name in found if name]


def words_of_row(row: Mapping[str, Any]) -> str:
    """A row in words: `l1, vgg-patch, λ = 0.1: value 0.32 (95 %: 0.10 to 0.54)`."""
    shown = [name for column in _NAMES if column in row and (name := _name(column, row[column]))]
    if not shown and "run" in row:
        shown = [str(row["run"])]
    values = []
    for column, (low, high) in _VALUES.items():
        if column not in row or pd.isna(row[column]):
            continue
        called = row.get(f"{column}_metric", column.replace("_", " "))
        ends = (row.get(low), row.get(high))
        around = "" if pd.isna(ends[0]) or pd.isna(ends[1]) else f" ({interval(*ends)})"
        values.append(f"{called} {number(row[column], 3)}{around}")
    status = row.get("status")
    if status not in (DONE, OK) and not pd.isna(status):
        values.append(str(status))
    return f"{', '.join(shown)}: {', '.join(values) or 'no value'}"


def _name(column: str, value: Any) -> str:
    if value is None or pd.isna(value):
        return ""
    if column == "adversarial_weight":
        return weight_label(value)
    return f"seed {value:g}" if column == "seed" else str(value)
