"""What an adversary changes: trainings with one against those without, on one measure."""

from collections.abc import Iterator
from dataclasses import replace

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
from asymmetry.stats.arrays import Integers
from asymmetry.stats.estimate import Estimate, over_replicates

ASSUMED = 0.5
_PAIRED = ["fidelity", "seed"]
_MEND = (
    "Take three losses beside the adversary, or three trunks and repeated trainings without it, or "
    "repeat all in a second seed."
)


def with_and_without(evidence: Evidence, measure: str, words: str) -> Iterator[Finding]:
    """A finding for each task, generator and set: by the measure, better with than without?

    Pairs share loss, seed and images. The unit is the loss or the trunk, whichever has more, from
    three on; the other is fixed, and so are the weights.
    """
    for effects in evidence.measured(measure):
        keyed = replace(effects, cells=with_trunk(effects.cells))
        weight = keyed.cells["adversarial_weight"]
        pairs = pairs_of(keyed, weight > 0, weight == 0, _PAIRED)
        if len(pairs):
            yield _finding(keyed, pairs, words, evidence.margin(effects))


def _finding(effects: Effects, pairs: Pairs, words: str, margin: float) -> Finding:
    regime, units, found = _estimate(effects, pairs)
    finding = Finding(
        effects.scope,
        regime,
        f"{words}, with the adversary minus without, in standard deviations between cells",
        coverage=effects.coverage,
        note=f"{len(pairs)} pairs of trainings.",
    )
    filled = with_estimate(finding, found, assumed=ASSUMED, margin=margin, mend=_MEND)
    checked = sensitivity(pairs, units, filled.verdict, 1) if np.isfinite(found.p) else ""
    return replace(filled, note=sentences(checked, filled.note))


def _estimate(effects: Effects, pairs: Pairs) -> tuple[str, Integers, Estimate]:
    units = {name: pairs.codes(name) for name in ("fidelity", "trunk")}
    counts = {name: len(np.unique(codes[pairs.complete])) for name, codes in units.items()}
    if counts["fidelity"] >= max(FEWEST_UNITS, counts["trunk"]):
        return "over losses", units["fidelity"], mean_over(pairs, units["fidelity"])
    if counts["trunk"] >= FEWEST_UNITS:
        found = mean_over(pairs, units["trunk"]) - _shared(effects, pairs)
        return "over trunks", units["trunk"], replace(found, n=counts["trunk"])
    groups = pairs.codes("fidelity", "discriminator", "adversarial_weight")
    alone = over_replicates(pairs.differences, groups[pairs.complete]) - _shared(effects, pairs)
    return "for these losses and trunks", units["fidelity"], replace(alone, n=len(pairs))


def _shared(effects: Effects, pairs: Pairs) -> Estimate:
    """The chance of the trainings without an adversary, with which several pairs are made.

    An estimate of zero: it adds its error only.
    """
    rows = np.unique(pairs.second[pairs.complete])
    _, groups = np.unique(effects.done["fidelity"].to_numpy()[rows], return_inverse=True)
    found = over_replicates(effects.by_image[rows], groups)
    return replace(found, value=0.0)
