"""The claims as the page lists them, and the verdicts on the first two."""

from collections.abc import Callable
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd

from asymmetry.analysis.claims import shared_scope, where
from asymmetry.analysis.hypotheses.contract import FEWEST, SOURCES
from asymmetry.analysis.hypotheses.registry import load_hypotheses
from asymmetry.analysis.robustness import rows_of_claim, stability_in_words
from asymmetry.report.drawn import Interval, drawn
from asymmetry.report.words import interval, number, records
from asymmetry.tables.read import Tables
from asymmetry.tables.schemas import (
    CONTRADICTED,
    DESCRIPTIVE,
    EQUAL,
    NO_VERDICT,
    SUPPORTED,
    UNDECIDABLE,
    UNDECIDED,
    VERDICTS,
)

_ERROR_RATES = Path(__file__).parent / "assets/error_rates.csv"
QUESTION = ("H1", "H2")  # the claims that answer the page's question
# Beside each word, so that colour alone never tells a verdict.
SIGNS = {
    SUPPORTED: "✓",
    CONTRADICTED: "✗",
    EQUAL: "≈",
    UNDECIDED: "?",
    UNDECIDABLE: "∅",
    NO_VERDICT: "≠",
    DESCRIPTIVE: "○",
}


def answers(claims: pd.DataFrame) -> list[dict[str, Any]]:
    """The verdict on each claim in each regime, over all tasks, generators, sets and axes.

    `verdict` is a word where all agree (`undecided`), otherwise `supported in 2 of 3, …`. `losses`
    is the number of losses, or the least and the most. `few` is whether all are too few.
    """
    found = []
    for (name, claim, regime), rows in claims.groupby(["id", "claim", "regime"], sort=False):
        counts = rows["verdict"].value_counts()
        parts = [f"{verdict} in {count} of {len(rows)}" for verdict, count in counts.items()]
        unanimous = len(counts) == 1
        ends = sorted({int(rows["n"].min()), int(rows["n"].max())})
        found.append(
            {
                "id": name,
                "claim": claim,
                "regime": regime,
                "verdict": counts.index[0] if unanimous else ", ".join(parts),
                "state": counts.index[0] if unanimous else "undecided",
                "losses": " to ".join(map(str, ends)),
                "few": ends[-1] < FEWEST,
            }
        )
    return found


def axes(tables: Tables) -> list[dict[str, Any]]:
    """The axes of effect, each with how reliable its judges are."""
    return [row | {"where": where(row)} for row in records(tables.reliability)]


def error_rates(claims: pd.DataFrame) -> list[dict[str, Any]]:
    """The largest error rates of each of the claims that was simulated: the package's own."""
    table = pd.read_csv(_ERROR_RATES)
    return records(table[table["id"].isin(claims["id"])])


def claims(tables: Tables) -> list[dict[str, Any]]:
    """The hypotheses in the table, in order: what each declares, its `rows`, and what they share.

    A row has the columns of the table, `where` it holds, and its `robustness` in words; `place` is
    `where` without what all have in common, with its regime; `drawn` is its interval as an SVG. Of
    a claim, `verdicts` counts its rows by verdict, and `value`, `n`, `decidable` and `held` are
    words.
    """
    listed, known = [], shared_scope(tables.hypotheses)
    for module in load_hypotheses():
        rows = records(tables.hypotheses[tables.hypotheses["id"] == module.ID])
        alternatives = tables.robustness[tables.robustness["id"] == module.ID]
        places = []
        for row in rows:
            own = rows_of_claim(alternatives, row)
            claim = row | {"value": np.nan if row["value"] is None else row["value"]}
            row |= {"where": where(row), "robustness": stability_in_words(own, claim)}
            row["place"] = where(row, known) + (
                "" if row["regime"] == "all" else f", {row['regime']}"
            )
            places.append(_interval(row, own))
        for row, place in zip(rows, places, strict=True):
            row["drawn"] = drawn([place], places)
        about = {"id": module.ID, "claim": module.CLAIM, "unit": module.UNIT}
        about |= {"source": f"{module.SOURCE}, {SOURCES[module.SOURCE]}", "silent": module.SILENT}
        about |= {"drawn": drawn(places), "held": _held(alternatives)}
        if rows:
            listed.append(about | {"power": module.POWER, "rows": rows} | _shared(rows))
    return listed


def _shared(rows: list[dict[str, Any]]) -> dict[str, Any]:
    """What the rows of a claim say together."""
    verdicts = [row["verdict"] for row in rows]
    values = [row for row in rows if row["value"] is not None]
    value = _ends([row["value"] for row in values], number)
    if len(values) == 1:
        value = f"{value} ({interval(values[0]['low'], values[0]['high'])})"
    decidable = len(rows) - verdicts.count(UNDECIDABLE)
    every = "yes" if decidable else "no"
    return {
        "verdicts": [(one, verdicts.count(one)) for one in VERDICTS if one in verdicts],
        "value": value,
        "n": _ends([row["n"] for row in rows], lambda n: number(n, 0)),
        "decidable": every if decidable in (0, len(rows)) else f"{decidable} of {len(rows)}",
    }


def _ends(values: list[float], words: Callable[[float], str]) -> str:
    """The least and the greatest in words, once where both look alike; a dash of none."""
    if not values:
        return "–"
    return " to ".join(dict.fromkeys([words(min(values)), words(max(values))]))


def _held(alternatives: pd.DataFrame) -> str:
    """In how many of the alternatives the verdict is the same."""
    if alternatives.empty:
        return "–"
    return (
        f"same verdict in {int(alternatives['agrees'].astype(bool).sum())} of {len(alternatives)}"
    )


def _interval(row: dict[str, Any], alternatives: pd.DataFrame) -> Interval:
    values = alternatives["value"].dropna()
    least, most = (values.min(), values.max()) if len(values) else (None, None)
    return Interval(
        where=row["place"],
        verdict=row["verdict"],
        value=row["value"],
        low=row["low"],
        high=row["high"],
        least=least,
        most=most,
    )
