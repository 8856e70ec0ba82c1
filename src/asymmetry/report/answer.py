"""The answer to the page's question, in one sentence with its interval."""

from dataclasses import dataclass
from typing import Any

import pandas as pd

from asymmetry.analysis.claims import shared_scope, where
from asymmetry.report.words import interval, number, records
from asymmetry.tables.read import SCOPE, of_set
from asymmetry.tables.schemas import (
    CONTRADICTED,
    DECIDED,
    DESCRIPTIVE,
    NO_VERDICT,
    SUPPORTED,
    UNDECIDABLE,
    UNDECIDED,
)

_PREDICTION = "H1"  # that skill does not predict effect: where it is supported, the answer is no
_WORDS = {
    SUPPORTED: "No",
    CONTRADICTED: "Yes",
    UNDECIDED: "Undecided",
    NO_VERDICT: "No verdict",
    DESCRIPTIVE: "Only described",
    UNDECIDABLE: "This design cannot tell",
}


@dataclass(frozen=True)
class Answer:
    """One sentence: its first `word`, by the verdict on the claim behind it, and the `rest`."""

    word: str
    rest: str


def answer(claims: pd.DataFrame, primary: str | None = None) -> Answer | None:
    """The answer of the table `hypotheses`; None where it has no row of the claim behind it.

    The sentence is about the place and regime that is decided, or else one that is undecided; of
    several about the one with the shortest interval. Where the study has a `primary` set, it is
    about that. It ends with what the others say.
    """
    claims = claims[claims["id"] == _PREDICTION]
    if claims.empty:
        return None
    known = shared_scope(claims)
    told = min(records(of_set(claims, primary)), key=_order)
    scope = "" if len(known) == len(SCOPE) else f" ({where(told, known)})"
    others = pd.Series([row["verdict"] for row in records(claims) if row != told], dtype=object)
    counts = ", ".join(f"{verdict} in {count}" for verdict, count in others.value_counts().items())
    rest = (
        f"{told['regime']}{scope}: over {told['n']:.0f} losses, skill as a metric and effect as a "
        f"loss correlate by ρ = {number(told['value'])} ({interval(told['low'], told['high'])})"
        f"{counts and f'; elsewhere {counts}'}."
    )
    word = _WORDS.get(told["verdict"], told["verdict"])
    return Answer(f"{word[:1].upper()}{word[1:]}", rest)


def _order(row: dict[str, Any]) -> tuple[bool, bool, float]:
    """What is decided comes first, then what could have been, then what is known best."""
    width = row["high"] - row["low"] if row["low"] is not None else float("inf")
    return row["verdict"] not in DECIDED, row["verdict"] != UNDECIDED, width
