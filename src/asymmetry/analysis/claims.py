"""`claims.md`: the claims in order, each with what the tables say of it."""

from collections.abc import Iterable, Iterator
from types import ModuleType
from typing import Any

import numpy as np
import pandas as pd

from asymmetry.analysis.hypotheses.contract import SOURCES
from asymmetry.analysis.robustness import agreement_in_words, rows_of_claim
from asymmetry.tables.read import SCOPE, Coverage

_HEADER = (
    "| where | regime | statistic | value | 95 % | p | n | power | verdict | verdict holds |\n"
    "|---|---|---|---:|---|---:|---:|---:|---|---|"
)


def claims_text(
    hypotheses: Iterable[ModuleType],
    claims: pd.DataFrame,
    robustness: pd.DataFrame,
    coverage: Coverage,
    people: str,
) -> str:
    """The tables `hypotheses` and `robustness` as Markdown; `people` says who rated, in words."""
    parts = [
        "# Claims",
        f"{coverage}. A claim is decided where its statistic and interval are on one side of its "
        "border. Undecided means that the data are too few or too noisy, not that the claim is "
        f"false. User study: {people}.",
    ]
    for module in hypotheses:
        parts += _claim(module, claims[claims["id"] == module.ID], robustness)
    return "\n\n".join(parts) + "\n"


def _claim(module: ModuleType, claims: pd.DataFrame, robustness: pd.DataFrame) -> Iterator[str]:
    rows: list[dict[Any, Any]] = claims.to_dict("records")
    tables = ", ".join(f"`{name}`" for name in module.TABLES)
    yield f"## {module.ID}: {module.CLAIM}"
    yield (
        f"Source: {module.SOURCE} ({SOURCES[module.SOURCE]}). {module.SILENT} Reads {tables}; n "
        f"counts {module.UNIT}; power: {module.POWER}."
    )
    yield "\n".join([_HEADER, *(_row(row, robustness) for row in rows)])
    yield "\n".join(_note(row) for row in rows)


def _row(row: dict[Any, Any], robustness: pd.DataFrame) -> str:
    cells = [
        where(row),
        row["regime"],
        row["statistic"],
        _number(row["value"]),
        _interval(row["low"], row["high"]),
        _number(row["p"], 3),
        f"{row['n']:.0f}",
        _number(row["power"]),
        row["verdict"],
        agreement_in_words(rows_of_claim(robustness, row)) or "–",
    ]
    return f"| {' | '.join(str(cell).replace('|', chr(92) + '|') for cell in cells)} |"


def _note(row: dict[Any, Any]) -> str:
    known = f" ({row['coverage']})" if row["coverage"] else ""
    return f"- {where(row)}, {row['regime']}{known}: {row['note']}"


def where(row: Any) -> str:
    """Task, generator and set of a row in words, without those that are all."""
    named = [str(row[column]) for column in SCOPE if row[column] != "all"]
    return " · ".join(named) or "the whole study"


def _number(value: float, digits: int = 2) -> str:
    return f"{value:.{digits}f}" if np.isfinite(value) else "–"


def _interval(low: float, high: float) -> str:
    return f"{low:.2f} to {high:.2f}" if np.isfinite(low) and np.isfinite(high) else "none"
