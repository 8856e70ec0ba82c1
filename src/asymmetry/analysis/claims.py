"""`claims.md`: all claims in one table, then each in turn with what the tables say of it."""

from collections.abc import Collection, Iterable, Iterator
from types import ModuleType
from typing import Any

import numpy as np
import pandas as pd

from asymmetry.analysis.hypotheses.contract import SOURCES
from asymmetry.analysis.robustness import rows_of_claim, stability_in_words
from asymmetry.tables.read import SCOPE, Coverage
from asymmetry.tables.schemas import UNDECIDABLE

_WORDS = (
    "**Supported**, **contradicted**: the interval is on one side of the claim's border. "
    "**Practically equal**: the interval is within the declared region of no difference. "
    "**Undecided**: the data are too few or too noisy, which is no evidence against the claim. "
    "**This design cannot decide it**: no data of this design could; its details say what would "
    "mend that. **No verdict**: the judges of the axis do not agree. **Descriptive only**: how "
    "often such a verdict is wrong is too high or not known."
)
_OVERVIEW = (
    "| claim | where | verdict | value | 95 % | n | decidable |\n|---|---|---|---:|---|---:|---|"
)
_HEADER = (
    "| where | regime | statistic | value | 95 % | p | n | power | verdict | "
    "as judges are left out |\n|---|---|---|---:|---|---:|---:|---:|---|---|"
)


def claims_text(
    hypotheses: Iterable[ModuleType],
    claims: pd.DataFrame,
    robustness: pd.DataFrame,
    reliability: pd.DataFrame,
    coverage: Coverage,
    people: str,
) -> str:
    """The tables `hypotheses`, `robustness` and `reliability` as Markdown.

    `people` says who rated, in words.
    """
    modules = list(hypotheses)
    parts = ["# Claims", f"{coverage}. User study: {people}.", _overview(modules, claims), _WORDS]
    parts += _axes(reliability)
    for module in modules:
        parts += _claim(module, claims[claims["id"] == module.ID], robustness)
    return "\n\n".join(parts) + "\n"


def _overview(modules: Iterable[ModuleType], claims: pd.DataFrame) -> str:
    """All claims in one table."""
    lines, known = [_OVERVIEW], shared_scope(claims)
    for module in modules:
        for row in _records(claims[claims["id"] == module.ID]):
            decidable = "no" if row["verdict"] == UNDECIDABLE else "yes"
            cells = [
                f"{module.ID}: {module.CLAIM}",
                f"{where(row, known)}, {row['regime']}",
                row["verdict"],
                _number(row["value"]),
                _interval(row["low"], row["high"]),
                f"{row['n']:.0f}",
                decidable,
            ]
            lines.append(_line(cells))
    return "\n".join(lines)


def _axes(reliability: pd.DataFrame) -> Iterator[str]:
    """How reliable the axes are."""
    yield "## Axes"
    lines = [
        "| where | judges | Cronbach's alpha | 95 % | first eigenvalue | effective judges | |\n"
        "|---|---|---:|---|---:|---:|---|"
    ]
    for row in _records(reliability):
        share = f"{row['first_share']:.0%}" if np.isfinite(row["first_share"]) else "–"
        cells = [
            where(row),
            row["judges"],
            _number(row["alpha"]),
            _interval(row["low"], row["high"]),
            share,
            _number(row["effective"], 1),
            row["note"],
        ]
        lines.append(_line(cells))
    yield "\n".join(lines) if len(reliability) else "No axis has a judge with numbers yet."


def _claim(module: ModuleType, claims: pd.DataFrame, robustness: pd.DataFrame) -> Iterator[str]:
    rows = _records(claims)
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
        stability_in_words(rows_of_claim(robustness, row), row) or "–",
    ]
    return _line(cells)


def _records(table: pd.DataFrame) -> list[dict[Any, Any]]:
    return list(table.to_dict("records"))


def _line(cells: Iterable[object]) -> str:
    return f"| {' | '.join(str(cell).replace('|', chr(92) + '|') for cell in cells)} |"


def _note(row: dict[Any, Any]) -> str:
    known = f" ({row['coverage']})" if row["coverage"] else ""
    return f"- {where(row)}, {row['regime']}{known}: {row['note']}"


def where(row: Any, known: Collection[str] = ()) -> str:
    """Task, generator, set and axis of a row in words, without those that are all, or `known`."""
    named = [str(row[column]) for column in SCOPE if column not in known and row[column] != "all"]
    return " · ".join(named) or "the whole study"


def shared_scope(claims: pd.DataFrame) -> list[str]:
    """The columns of the scope in which all claims are alike, but those of the whole study."""
    return [name for name in SCOPE if claims.loc[claims[name] != "all", name].nunique() < 2]


def _number(value: float, digits: int = 2) -> str:
    return f"{value:.{digits}f}" if np.isfinite(value) else "–"


def _interval(low: float, high: float) -> str:
    return f"{low:.2f} to {high:.2f}" if np.isfinite(low) and np.isfinite(high) else "none"
