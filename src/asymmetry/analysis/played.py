"""Claims about discriminators are of the games that were played (`analysis.games`)."""

from collections.abc import Callable
from dataclasses import replace

import numpy as np
import pandas as pd

from asymmetry.analysis.effect import Effects
from asymmetry.analysis.games import CHANCE, PERFECT, UNKNOWN, Setting
from asymmetry.analysis.hypotheses.contract import ALL, Finding, sentences
from asymmetry.analysis.hypotheses.evidence import Evidence
from asymmetry.tables.schemas import UNDECIDABLE, UNDECIDED

_NAMED = 6  # games of a kind that a note names
_WHY = {CHANCE: "at chance", PERFECT: "perfect throughout", UNKNOWN: "without a recorded AUC"}


def of_played(
    effects: Effects, evidence: Evidence, findings: Callable[[Effects], list[Finding]]
) -> list[Finding]:
    """What `findings` makes of the settings without a game, or with one that was played.

    The others are counted and named in each note. Where it takes them to decide anything, the claim
    is undecided: another training of the same design could do so.
    """
    games = _games(effects, evidence) if evidence.unplayed else {}
    left = {name: game for name, game in games.items() if game}
    if not left:
        return findings(effects)
    found = findings(_without(effects, left))
    possible = True
    if not found or any(one.verdict == UNDECIDABLE for one in found):
        of_all = findings(effects)
        if not of_all:
            return []
        possible = any(one.verdict != UNDECIDABLE for one in of_all)
    note = _in_words(left, len(games))
    return [
        replace(
            one,
            note=sentences(one.note, note),
            verdict=UNDECIDED if possible and one.verdict == UNDECIDABLE else one.verdict,
        )
        for one in found or [Finding(effects.scope, ALL, "not computed")]
    ]


def _games(effects: Effects, evidence: Evidence) -> dict[Setting, str]:
    """The games of these effects, in their order; "" of one that was played."""
    cells = effects.cells[effects.cells["adversarial_weight"] > 0]
    columns = cells[["discriminator", "adversarial_weight"]]
    names = [Setting(*effects.scope[:2], *one) for one in columns.itertuples(index=False)]
    return {name: evidence.unplayed.get(name, "") for name in dict.fromkeys(names)}


def _without(effects: Effects, left: dict[Setting, str]) -> Effects:
    names = {(name.discriminator, name.adversarial_weight) for name in left}

    def kept(cells: pd.DataFrame) -> np.ndarray:
        pairs = zip(cells["discriminator"], cells["adversarial_weight"], strict=True)
        return np.array([pair not in names for pair in pairs], dtype=bool)

    done = kept(effects.done)
    return replace(
        effects,
        cells=effects.cells[kept(effects.cells)],
        done=effects.done[done],
        z=effects.z[:, done],
        by_image=effects.by_image[done],
    )


def _in_words(left: dict[Setting, str], count: int) -> str:
    kinds = []
    for kind in dict.fromkeys(left.values()):
        named = [f"{name.discriminator} at {name.adversarial_weight:g}"
                 for name, game in left.items() if game == kind]  # fmt: skip
        more = f" and {len(named) - _NAMED} more" if len(named) > _NAMED else ""
        kinds.append(f"{_WHY[kind]} ({', '.join(named[:_NAMED])}{more})")
    return f"Left out are {len(left)} of {count} games: {'; '.join(kinds)}."
