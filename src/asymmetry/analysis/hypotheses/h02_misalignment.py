"""H2: how much the rank correlation of skill and effect changes with an adversary."""

from dataclasses import replace

import numpy as np
from scipy import special

from asymmetry.analysis.effect import Effects
from asymmetry.analysis.hypotheses.contract import (
    FEWEST,
    Finding,
    by_interval,
    sentences,
    undecidable,
)
from asymmetry.analysis.hypotheses.evidence import Evidence
from asymmetry.analysis.hypotheses.h01_prediction import LEAST_RELIABLE, relation
from asymmetry.analysis.hypotheses.notes import enough_losses, sets_behind, settings_behind
from asymmetry.analysis.regimes import regimes
from asymmetry.stats.dependent_correlations import difference_interval
from asymmetry.stats.intervals import ERRORS_IN_WIDTH
from asymmetry.stats.power import power_of_estimate
from asymmetry.stats.rank_correlation import spearman

ID = "H2"
CLAIM = "The misalignment grows under adversarial training"
SOURCE = "P"
SILENT = (
    "No measure of the growth is public. Here: the change of rho over the same losses, corrected "
    "in both regimes for the errors of skill and of effects (Spearman 1904; interval: Zou 2007)."
)
TABLES = ("runs", "scores", "skill")
UNIT = "losses"
ASSUMED = 0.7
POWER = f"at a true change of {ASSUMED}, normal, with the interval's own error"
_REPEAT = (
    "How much trainings differ by chance must be known in both regimes: repeat both in a second "
    "seed."
)


def findings(evidence: Evidence) -> list[Finding]:
    """A finding for each task, generator, set and axis."""
    return [_finding(effects, evidence) for effects in evidence.effects]


def _finding(effects: Effects, evidence: Evidence) -> Finding:
    parts = regimes(effects)
    shared = [loss for loss in parts[0].losses if loss in parts[1].losses]
    losses = [loss for loss in shared if loss in evidence.losses.index]
    finding = Finding(
        effects.scope,
        "with minus without",
        "rank correlation with the adversary minus without it",
        n=len(losses),
        coverage=effects.coverage,
        note=sentences(
            enough_losses(len(losses)), settings_behind(parts[1], losses), sets_behind(evidence)
        ),
    )
    if len(losses) < FEWEST:
        return undecidable(finding, f"It needs {FEWEST} losses that are in both regimes.")
    before, after = (relation(part, losses, evidence) for part in parts)
    finding = replace(finding, value=after.value - before.value)
    if not np.isfinite(before.reliability + after.reliability):
        return undecidable(finding, _REPEAT)
    if not (before.known and after.known and np.isfinite(finding.value)):
        words = f"{before.reliability:.2f} and {after.reliability:.2f}, below {LEAST_RELIABLE}"
        reason = f"Skill and effect are mostly noise in a regime: reliability {words}."
        return replace(finding, note=sentences(reason, finding.note))
    between = float(spearman(before.effect, after.effect))
    low, high = difference_interval(
        (after.value, after.interval), (before.value, before.interval), between
    )
    error = max((high - low) / ERRORS_IN_WIDTH, 1e-9)  # of perfect orders, an interval has no width
    return replace(
        finding,
        low=low,
        high=high,
        p=float(2 * special.ndtr(-abs(finding.value) / error)),
        power=power_of_estimate(ASSUMED, error),
        verdict=by_interval(low, high, sign=-1),
        note=sentences(
            f"Reliability {before.reliability:.2f} without and {after.reliability:.2f} with the "
            f"adversary, of {parts[0].replication:.1f} and {parts[1].replication:.1f} trainings a "
            "loss.",
            finding.note,
        ),
    )
