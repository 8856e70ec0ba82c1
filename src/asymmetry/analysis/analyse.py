"""The stage `analyse`: from the tables of runs, scores and skill to effects and hypotheses."""

import io
import json
import math
from pathlib import Path
from typing import Any

import pandas as pd

from asymmetry.analysis.asymmetry import hypotheses, points
from asymmetry.analysis.effect import all_effects
from asymmetry.analysis.tables import COLUMNS, empty_table, load_tables, table_path
from asymmetry.files import write_atomically
from asymmetry.study import Study


def analyse(study: Study, results: Path) -> None:
    """Write the tables `effect`, `asymmetry` and `hypotheses` (also as JSON and CSV) to `results`.

    Raises UserError where an input table is damaged or mixes conventions.
    """
    tables = load_tables(results)
    effects = all_effects(tables, study.evaluation.judges, study.execution.bootstrap)
    claims = [row for scope in effects for row in hypotheses(scope, tables.skill)]
    _write(results, "effect", [scope.table for scope in effects])
    _write(results, "asymmetry", [points(scope, tables.skill) for scope in effects])
    _write(results, "hypotheses", [pd.DataFrame(claims)])
    listed = [{column: _plain(row[column]) for column in COLUMNS["hypotheses"]} for row in claims]
    write_atomically(
        results / "hypotheses.json",
        (json.dumps(listed, indent=2, ensure_ascii=False, allow_nan=False) + "\n").encode(),
    )
    table = pd.DataFrame(claims, columns=COLUMNS["hypotheses"])
    write_atomically(results / "hypotheses.csv", table.to_csv(index=False).encode())


def _write(results: Path, name: str, parts: list[pd.DataFrame]) -> None:
    filled = [part for part in parts if len(part)]
    table = pd.concat(filled, ignore_index=True) if filled else empty_table(name)
    content = io.BytesIO()
    table[COLUMNS[name]].to_parquet(content, index=False)
    write_atomically(table_path(results, name), content.getvalue())


def _plain(value: Any) -> Any:
    """A value as JSON has it: no NaN, no numpy numbers."""
    if isinstance(value, float):
        return float(value) if math.isfinite(value) else None
    return value
