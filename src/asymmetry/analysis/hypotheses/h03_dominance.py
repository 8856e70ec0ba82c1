"""H3: whether losses differ less in effect with an adversary."""

from dataclasses import replace

import numpy as np
from scipy import stats

from asymmetry.analysis.effect import Effects
from asymmetry.analysis.hypotheses.contract import (
    FEWEST,
    UNDECIDED,
    Finding,
    sentences,
    with_draws,
)
from asymmetry.analysis.hypotheses.evidence import Evidence
from asymmetry.analysis.regimes import WITHOUT, Regime, by_means, regime
from asymmetry.analysis.resampled_losses import resample_losses
from asymmetry.stats.arrays import Array
from asymmetry.stats.intervals import bootstrap_error
from asymmetry.stats.power import power_of_estimate
from asymmetry.stats.significance import ALPHA, holm

ID = "H3"
CLAIM = "The adversarial term dominates once a reasonable perceptual loss is present"
SOURCE = "R"
SILENT = (
    "What is a reasonable perceptual loss is not public. Here: every loss that is not an error of "
    "single pixels."
)
TABLES = ("runs", "scores")
UNIT = "losses"
ASSUMED = 0.25
POWER = (
    f"at a true ratio of {ASSUMED}, normal on its logarithm, with the standard deviation of the "
    "draws"
)
PIXEL = ("l1", "mse", "charbonnier", "psnr", "psnr_y", "psnry")
_RULE = f"Decided: interval without 1, and p ≤ {ALPHA} (Brown-Forsythe, Holm over the weights)."


def findings(evidence: Evidence) -> list[Finding]:
    """A finding for each adversarial weight of each task, generator and set."""
    return [finding for effects in evidence.effects for finding in _by_weight(effects)]


def _by_weight(effects: Effects) -> list[Finding]:
    column = effects.settings["adversarial_weight"]
    without = regime(effects, WITHOUT)
    found = [
        _finding(effects, without, by_means(effects, f"λ = {weight:g}", column == weight))
        for weight in sorted(column[column > 0].unique())
    ]
    adjusted = holm([one.p for one in found])
    return [
        replace(one, p=p, verdict=one.verdict if p <= ALPHA else UNDECIDED)
        for one, p in zip(found, adjusted, strict=True)
    ]


def _finding(effects: Effects, without: Regime, part: Regime) -> Finding:
    losses = [loss for loss in without.losses if loss in part.losses and loss not in PIXEL]
    finding = Finding(
        effects.scope,
        part.name,
        "variance of the effect over losses with the adversary, divided by that without it",
        n=len(losses),
        coverage=effects.coverage,
        note=f"n = {len(losses)}: a variance needs {FEWEST} losses that are not pixel errors.",
    )
    if len(losses) < FEWEST:
        return finding
    before, after = without.of(losses), part.of(losses)
    ratios = _ratio_draws(before[1], after[1])
    return with_draws(
        finding,
        float(after[0].var(ddof=1) / max(before[0].var(ddof=1), 1e-24)),
        ratios,
        border=1,
        sign=-1,
        p=float(stats.levene(before[0], after[0], center="median").pvalue),
        power=power_of_estimate(np.log(ASSUMED), bootstrap_error(np.log(ratios))),
        note=sentences(
            _RULE,
            f"Effect: the mean over the {part.settings} discriminators that all losses share.",
            "The same losses are in both groups, which makes the test conservative.",
        ),
    )


def _ratio_draws(before: Array, after: Array) -> Array:
    """The ratio of variances in each draw [draws] of losses, images and seeds; finite ones only."""
    drawn = resample_losses(len(before), before.shape[1])
    variance = [drawn.of_losses(part).var(axis=1, ddof=1) for part in (before, after)]
    known = np.isfinite(variance[0] + variance[1]) & (np.minimum(*variance) > 1e-24)
    return variance[1][known] / variance[0][known]
