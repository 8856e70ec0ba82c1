"""`metrics.json`: a few numbers of the tables, for `dvc metrics diff`. No measured times."""

import json
import math
from pathlib import Path
from typing import Any

import pandas as pd

from asymmetry.core.files import write_atomically
from asymmetry.tables.read import Tables, load_tables

METRICS = "metrics.json"


def write_metrics(results: Path) -> None:
    """Write `metrics.json` from the tables in `results`; UserError where one is damaged."""
    text = json.dumps(metrics(load_tables(results)), indent=1, allow_nan=False) + "\n"
    write_atomically(results / METRICS, text.encode())


def metrics(tables: Tables) -> dict[str, Any]:
    """Cells by status, the mean SRCC of each loss and metric, the mean effects and the claims."""
    cells = tables.cells["status"].value_counts()
    srcc = tables.skill[(tables.skill["statistic"] == "srcc") & (tables.skill["subset"] == "all")]
    claims = (tables.hypotheses["id"] + " " + tables.hypotheses["verdict"]).value_counts()
    return {
        "cells": {str(status): int(count) for status, count in cells.items()},
        "skill": _means(srcc, "metric"),
        "effect": _means(tables.effect, "fidelity"),
        "claims": {str(verdict): int(count) for verdict, count in sorted(claims.items())},
    }


def _means(rows: pd.DataFrame, column: str) -> dict[str, float]:
    """The mean value for each name in a column, to four decimals (+ 0.0: no -0.0)."""
    means = rows.groupby(column)["value"].mean()
    return {
        str(name): round(float(mean), 4) + 0.0
        for name, mean in means.items()
        if math.isfinite(mean)
    }
