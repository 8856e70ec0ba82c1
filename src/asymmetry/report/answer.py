"""The answer to the page's question, in one sentence with its interval."""

from collections import Counter
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
    SUPPORTED: "no",
    CONTRADICTED: "yes",
    NO_VERDICT: "no verdict",
    DESCRIPTIVE: "only described",
    UNDECIDABLE: "this design cannot tell",
}


@dataclass(frozen=True)
class Answer:
    """One sentence: its first `word`, by the verdicts on the claim behind it, and the `rest`."""

    word: str
    rest: str


def answer(claims: pd.DataFrame, primary: str | None = None) -> Answer | None:
    """The answer of the table `hypotheses`; None where it has no row of the claim behind it.

    The answer is "mixed" where not all places and regimes are decided alike: the one that is
    decided, of several, may be so by chance. The sentence is about one that is decided, or else one
    that is undecided; of several about the one with the shortest interval. Then it says what the
    others are. Where the study has a `primary` set, all this is about that, and the other sets are
    counted at the end.
    """
    claims = claims[claims["id"] == _PREDICTION]
    if claims.empty:
        return None
    own = of_set(claims, primary)
    known = shared_scope(claims)
    told = min(records(own), key=_order)
    scope = "" if len(known) == len(SCOPE) else f" ({where(told, known)})"
    words = [_word(row) for row in records(own)]
    mixed = told["verdict"] in DECIDED and len(set(words)) > 1
    others = [_word(row) for row in records(own) if row != told]
    beyond = [_word(row) for row in records(claims.drop(own.index))]
    place = f"{_word(told)} {told['regime']}" if mixed else told["regime"]
    rest = (
        f"{place}{scope}: over {told['n']:.0f} losses, skill as a metric and effect as a loss "
        "correlate by "
        f"ρ = {number(told['value'])} ({interval(told['low'], told['high'])})"
        f"{_counted('elsewhere', others)}{_counted('on other sets', beyond)}."
    )
    word = "mixed" if mixed else _word(told)
    return Answer(f"{word[:1].upper()}{word[1:]}", rest)


def _word(row: dict[str, Any]) -> str:
    return _WORDS.get(row["verdict"], row["verdict"])


def _counted(place: str, words: list[str]) -> str:
    counts = ", ".join(f"{word} in {count}" for word, count in Counter(words).most_common())
    return f"; {place} {counts}" if counts else ""


def _order(row: dict[str, Any]) -> tuple[bool, bool, float]:
    """What is decided comes first, then what could have been, then what is known best."""
    width = row["high"] - row["low"] if row["low"] is not None else float("inf")
    return row["verdict"] not in DECIDED, row["verdict"] != UNDECIDED, width
