"""The claims as the page lists them, and the answers of the first two."""

from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd

from asymmetry.analysis.claims import shared_scope, where
from asymmetry.analysis.hypotheses.contract import FEWEST, SOURCES
from asymmetry.analysis.hypotheses.registry import load_hypotheses
from asymmetry.analysis.robustness import rows_of_claim, stability_in_words
from asymmetry.report.words import records
from asymmetry.tables.read import Tables
from asymmetry.tables.schemas import UNDECIDABLE

_ERROR_RATES = Path(__file__).parent / "assets/error_rates.csv"
QUESTION = ("H1", "H2")  # the claims that answer the page's question


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
    """The hypotheses in the table, in order: what each declares, and its `rows`.

    A row has the columns of the table, `where` it holds, and its `robustness` in words; `place` is
    `where` without what all have in common, and `decidable` whether the design can decide it.
    """
    listed, known = [], shared_scope(tables.hypotheses)
    for module in load_hypotheses():
        rows = records(tables.hypotheses[tables.hypotheses["id"] == module.ID])
        for row in rows:
            claim = row | {"value": np.nan if row["value"] is None else row["value"]}
            held = stability_in_words(rows_of_claim(tables.robustness, row), claim)
            row |= {"where": where(row), "place": where(row, known), "robustness": held}
            row["decidable"] = row["verdict"] != UNDECIDABLE
        about = {"id": module.ID, "claim": module.CLAIM, "unit": module.UNIT}
        about |= {"source": f"{module.SOURCE}, {SOURCES[module.SOURCE]}", "silent": module.SILENT}
        if rows:
            listed.append(about | {"power": module.POWER, "rows": rows})
    return listed
