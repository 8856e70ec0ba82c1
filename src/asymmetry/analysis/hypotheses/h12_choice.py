"""H12: what it costs to choose a loss by skill, by optimisability, or by an early snapshot."""

from collections.abc import Iterator

import numpy as np

from asymmetry.analysis.effect import Effects
from asymmetry.analysis.hypotheses.contract import (
    FEWEST,
    RESAMPLES,
    Finding,
    sentences,
    undecidable,
    with_draws,
)
from asymmetry.analysis.hypotheses.evidence import Evidence
from asymmetry.analysis.hypotheses.h11_optimisability import recovery
from asymmetry.analysis.hypotheses.notes import enough_losses
from asymmetry.analysis.regimes import Regime, regime, regimes
from asymmetry.analysis.resampled_losses import resample_losses
from asymmetry.stats.arrays import Array
from asymmetry.stats.significance import bootstrap_p

ID = "H12"
CLAIM = "A loss is better chosen by its optimisability, or by an early snapshot, than by its skill"
SOURCE = "ours"
SILENT = (
    "The paper gives no rule of choice (R). Here: the regret of a rule, which is the effect of the "
    "best loss minus that of the loss that the rule names."
)
TABLES = ("runs", "scores", "skill")
UNIT = "losses"
ASSUMED = 0.5
POWER = (
    f"at a true difference of {ASSUMED} z-scores, normal, with the standard deviation of the draws"
)
_NOT_MEASURED = "There are no rows in `optimisability` yet."
_NOT_KEPT = (
    "There are no scores of snapshots: they are not measured yet, or the study sets no "
    "`training.snapshots`."
)


def findings(evidence: Evidence) -> list[Finding]:
    """The regret of choosing by skill minus that of each other rule, for each regime."""
    return [
        one
        for effects in evidence.effects
        for part in regimes(effects)
        for one in _of(effects, part, evidence)
    ]


def _of(effects: Effects, part: Regime, evidence: Evidence) -> Iterator[Finding]:
    means = recovery(evidence).mean(axis="columns")
    recovered = dict(zip(means.index, means.to_numpy(), strict=True))
    yield _finding(effects, part, "optimisability", recovered, _NOT_MEASURED, evidence)
    if not evidence.snapshots:
        yield _finding(effects, part, "a snapshot", {}, _NOT_KEPT, evidence)
    for share in evidence.snapshots:
        begun = evidence.snapshot_of(effects, share)
        early = regime(begun, part.name) if begun else None
        values = dict(zip(early.losses, early.effect, strict=True)) if early else {}
        rule = f"the snapshot at {100 * share:g} %"
        yield _finding(effects, part, rule, values, _NOT_KEPT, evidence)


def _finding(
    effects: Effects,
    part: Regime,
    rule: str,
    values: dict[str, float],
    otherwise: str,
    evidence: Evidence,
) -> Finding:
    """The finding on a rule with these `values` of the losses; `otherwise`: why there are none."""
    losses = [loss for loss in part.losses if loss in evidence.losses.index and loss in values]
    finding = Finding(
        effects.scope,
        f"{part.name}, by {rule}",
        f"regret of choosing by skill minus that of choosing by {rule}, in z-scores of the effect",
        n=len(losses),
        coverage=effects.coverage,
        note=enough_losses(len(losses)) if values else otherwise,
    )
    if len(losses) < FEWEST:
        return undecidable(finding, f"It needs {FEWEST} losses of known skill and {rule}.")
    effect, error = part.of(losses), np.nan_to_num(part.error_of(losses))
    rules = [evidence.losses["z"].reindex(losses).to_numpy(), np.array([values[x] for x in losses])]
    whole = [_regret(one[None], effect[None])[0] for one in rules]
    drawn = resample_losses(len(losses), RESAMPLES)
    true = drawn.measured(effect, error)
    by_skill, by_rule = (_regret(one[drawn.chosen], true) for one in rules)
    chance = effect.max() - effect.mean()
    return with_draws(
        finding,
        float(whole[0] - whole[1]),
        by_skill - by_rule,
        assumed=ASSUMED,
        p=bootstrap_p(by_skill - by_rule),
        note=sentences(
            f"Regret: by skill {whole[0]:.2f}, by {rule} {whole[1]:.2f}, by chance {chance:.2f}.",
        ),
    )


def _regret(rule: Array, effect: Array) -> Array:
    """The regret [draws] of the loss that a rule values most, both [draws, losses]."""
    chosen = np.take_along_axis(effect, rule.argmax(axis=1)[:, None], axis=1)[:, 0]
    return np.asarray(effect.max(axis=1) - chosen)
