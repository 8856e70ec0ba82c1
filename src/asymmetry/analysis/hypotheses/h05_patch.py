"""H5: a patch head against a vanilla one, on the same backbone, fidelity loss, weight and seed."""

from collections.abc import Iterator
from dataclasses import replace

import numpy as np

from asymmetry.analysis.effect import Effects
from asymmetry.analysis.hypotheses.contract import Finding, family, sentences, with_estimate
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
from asymmetry.stats.estimate import over_replicates

ID = "H5"
CLAIM = "A patch-level discriminator is better than a vanilla one"
SOURCE = "P"
SILENT = (
    "The measure of better is not public. Here: the effect, on pairs that differ in the head "
    "alone, over trunks; of fewer than three trunks, for these trunks."
)
TABLES = ("runs", "scores")
UNIT = "trunks, or pairs of trainings"
ASSUMED = 0.5
POWER = f"at a true difference of {ASSUMED} z-scores, Student's t with the interval's own error"
OVER_TRUNKS, FOR_THESE = "over trunks", "for these trunks"
_KEYS = ["trunk", "fidelity", "adversarial_weight", "seed"]
_LOGITS = "The heads differ in the number of logits and in receptive field as well."


def findings(evidence: Evidence) -> list[Finding]:
    """A finding for all trunks, and one for each, of each task, generator, set and axis."""
    return [one for effects in evidence.effects for one in of_heads(effects, evidence)]


def of_heads(effects: Effects, evidence: Evidence) -> list[Finding]:
    """Patch against vanilla in the games that were played: over trunks, and for each trunk."""
    margin = evidence.margin(effects)
    return of_played(effects, evidence, lambda played: _of_heads(played, margin))


def _of_heads(effects: Effects, margin: float) -> list[Finding]:
    pairs = pairs_of_heads(effects)
    if not len(pairs):
        return []
    trunks = pairs.keys["trunk"]
    single = [
        _for_these(effects, pairs.of((trunks == trunk).to_numpy()), f"for {trunk}", margin)
        for trunk in trunks.unique()
    ]
    single = [replace(one, note=f"p: Holm over the trunks. {one.note}") for one in single]
    return [*_together(effects, pairs, margin), *(family(single) if len(single) > 1 else [])]


def pairs_of_heads(effects: Effects) -> Pairs:
    """Pairs of trainings that differ in the head, patch and vanilla, alone."""
    keyed = replace(effects, cells=with_trunk(effects.cells))
    head = keyed.cells["head"]
    return pairs_of(keyed, head == "patch", head == "vanilla", _KEYS)


def _together(effects: Effects, pairs: Pairs, margin: float) -> Iterator[Finding]:
    units = pairs.codes("trunk")
    if len(np.unique(units[pairs.complete])) < FEWEST_UNITS:
        yield _for_these(effects, pairs, FOR_THESE, margin)
        return
    found = with_estimate(
        _finding(effects, OVER_TRUNKS), mean_over(pairs, units), assumed=ASSUMED, margin=margin
    )
    yield replace(found, note=sentences(sensitivity(pairs, units, found.verdict, 1), found.note))


def _for_these(effects: Effects, pairs: Pairs, regime: str, margin: float) -> Finding:
    groups = pairs.codes("trunk", "fidelity", "adversarial_weight")[pairs.complete]
    return with_estimate(
        _finding(effects, regime),
        over_replicates(pairs.differences, groups),
        assumed=ASSUMED,
        margin=margin,
        mend="Nothing was repeated: train the pairs in a second seed, or take three trunks with "
        "both heads.",
    )


def _finding(effects: Effects, regime: str) -> Finding:
    return Finding(
        effects.scope,
        regime,
        "mean paired difference of the effect, patch minus vanilla",
        coverage=effects.coverage,
        note=_LOGITS,
    )
