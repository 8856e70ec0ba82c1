"""What an adversary changes: trainings with one against those without, on one measure."""

from collections.abc import Iterable
from dataclasses import replace
from functools import partial

import numpy as np

from asymmetry.analysis.effect import Effects
from asymmetry.analysis.hypotheses.contract import Finding, sentences, with_estimate
from asymmetry.analysis.hypotheses.evidence import Evidence
from asymmetry.analysis.pairs import (
    FEWEST_UNITS,
    Pairs,
    mean_over,
    pairs_of,
    sensitivity,
    with_trunk,
)
from asymmetry.analysis.played import of_played
from asymmetry.stats.arrays import Integers
from asymmetry.stats.estimate import Estimate, over_replicates, unit_means

ASSUMED = 0.5
DEVIATIONS = "with the adversary minus without, in standard deviations between cells"
_PAIRED = ["fidelity", "seed"]
_MEND = (
    "Take three losses beside the adversary, or three trunks and repeated trainings without it, or "
    "repeat all in a second seed."
)


def with_and_without(
    evidence: Evidence, measured: Iterable[Effects], statistic: str, when: str = ""
) -> list[Finding]:
    """A finding for each of the effects by one measure: better with an adversary than without?

    Pairs share loss, seed and images, and the game was played. The unit is the loss or the trunk,
    whichever has more, from three on; the other is fixed, and so are the weights. `when` begins the
    regime of what is not measured at the end.
    """
    return [
        one
        for effects in measured
        for one in of_played(
            effects, evidence, partial(_compared, evidence, statistic=statistic, when=when)
        )
    ]


def _compared(evidence: Evidence, effects: Effects, statistic: str, when: str) -> list[Finding]:
    keyed = replace(effects, cells=with_trunk(effects.cells))
    weight = keyed.cells["adversarial_weight"]
    pairs = pairs_of(keyed, weight > 0, weight == 0, _PAIRED)
    margin = evidence.margin(effects)
    return [_finding(keyed, pairs, statistic, when, margin)] if len(pairs) else []


def _finding(effects: Effects, pairs: Pairs, statistic: str, when: str, margin: float) -> Finding:
    regime, units, found = _estimate(pairs)
    finding = Finding(
        effects.scope,
        f"{when}, {regime}" if when else regime,
        statistic,
        coverage=effects.coverage,
        note=f"{len(pairs)} pairs of trainings.",
    )
    filled = with_estimate(finding, found, assumed=ASSUMED, margin=margin, mend=_MEND)
    checked = sensitivity(pairs, units, filled.verdict, 1) if np.isfinite(found.p) else ""
    return replace(filled, note=sentences(checked, filled.note))


def _estimate(pairs: Pairs) -> tuple[str, Integers, Estimate]:
    units = {name: pairs.codes(name) for name in ("fidelity", "trunk")}
    counts = {name: len(np.unique(codes[pairs.complete])) for name, codes in units.items()}
    if counts["fidelity"] >= max(FEWEST_UNITS, counts["trunk"]):
        return "over losses", units["fidelity"], mean_over(pairs, units["fidelity"])
    if counts["trunk"] >= FEWEST_UNITS:
        found = mean_over(pairs, units["trunk"]) - _shared(pairs)
        return "over trunks", units["trunk"], replace(found, n=counts["trunk"])
    groups = pairs.codes("fidelity", "discriminator", "adversarial_weight")
    alone = over_replicates(pairs.differences, groups[pairs.complete]) - _shared(pairs)
    return "for these losses and trunks", units["fidelity"], replace(alone, n=len(pairs))


def _shared(pairs: Pairs) -> Estimate:
    """The chance of the trainings without an adversary, with which several pairs are made.

    An estimate of zero: it adds its error only. A balance is of both trainings and is 0 without an
    adversary; there the mean over its pairs stands for such a training, and what its pairs bring
    counts twice.
    """
    rows, place = np.unique(pairs.second[pairs.complete], return_inverse=True)
    own = pairs.effects.by_image[rows]
    _, groups = np.unique(pairs.effects.done["fidelity"].to_numpy()[rows], return_inverse=True)
    found = over_replicates(own if own.any() else unit_means(pairs.differences, place), groups)
    return replace(found, value=0.0)
