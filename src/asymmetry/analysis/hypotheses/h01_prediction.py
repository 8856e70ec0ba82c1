"""H1: the rank correlation of skill and effect over the losses, in each regime."""

from dataclasses import replace

import numpy as np

from asymmetry.analysis.effect import Effects
from asymmetry.analysis.hypotheses.contract import (
    CONTRADICTED,
    FEWEST,
    SUPPORTED,
    UNDECIDED,
    Finding,
    sentences,
    with_draws,
)
from asymmetry.analysis.hypotheses.evidence import Evidence
from asymmetry.analysis.hypotheses.notes import (
    enough_losses,
    no_width,
    seeds_behind,
    sets_behind,
    settings_behind,
)
from asymmetry.analysis.regimes import WITHOUT, Regime, regimes
from asymmetry.analysis.resampled_losses import rank_draws, resample_losses
from asymmetry.stats.arrays import Array
from asymmetry.stats.power import power_of_spearman
from asymmetry.stats.rank_correlation import disattenuated, permutation_p, spearman
from asymmetry.stats.significance import ALPHA

ID = "H1"
CLAIM = "Skill as a metric does not predict effect as a loss"
SOURCE = "P"
SILENT = (
    "No correlation, interval or number of losses is public. Here: Spearman's rho over the losses."
)
TABLES = ("runs", "scores", "skill")
UNIT = "losses"
STRONG = 0.5  # with a smaller rank correlation, skill predicts the effect poorly
ASSUMED = 0.7
POWER = f"at a true |rho| of {ASSUMED}, from 10,000 simulated samples"
_RULE = f"Supported: interval below {STRONG}; contradicted: rho > 0 with p ≤ {ALPHA}."


def findings(evidence: Evidence) -> list[Finding]:
    """A finding for each regime of each task, generator and set."""
    return [
        _finding(effects, part, evidence)
        for effects in evidence.effects
        for part in regimes(effects)
    ]


def _finding(effects: Effects, part: Regime, evidence: Evidence) -> Finding:
    losses = [loss for loss in part.losses if loss in evidence.losses.index]
    skill, effect = evidence.losses["z"].reindex(losses).to_numpy(), part.of(losses)[0]
    rho = float(spearman(skill, effect)) if losses else np.nan
    p = permutation_p(skill, effect) if losses else np.nan
    sign = "=" if part.name == WITHOUT else ">"
    found = with_draws(
        Finding(
            effects.scope,
            part.name,
            f"Spearman's rank correlation of skill and effect at adversarial weight {sign} 0",
            n=len(losses),
            coverage=effects.coverage,
        ),
        rho,
        rho_draws(part, losses, evidence),
        p=p,
        power=power_of_spearman(len(losses), ASSUMED),
    )
    high = float(disattenuated(np.array(found.high), part.reliability(losses)))
    return replace(
        found,
        verdict=_verdict(rho, high, p, len(losses)),
        note=sentences(
            enough_losses(len(losses)),
            no_width(found.low, found.high),
            _RULE,
            settings_behind(part, losses),
            sets_behind(evidence),
            seeds_behind(effects),
        ),
    )


def rho_draws(part: Regime, losses: list[str], evidence: Evidence) -> Array:
    """Rho in each draw [draws] of losses, images and seeds; no draws of too few losses.

    Each skill is drawn from its own sampling distribution. Of too few losses, most draws are ties.
    """
    if len(losses) < FEWEST:
        return np.empty(0)
    known, effects = evidence.losses.reindex(losses), part.of(losses)[1]
    drawn = resample_losses(len(losses), effects.shape[1])
    skill = drawn.measured(known["z"].to_numpy(), known["error"].to_numpy())
    return rank_draws(skill, drawn.of_losses(effects))


def _verdict(rho: float, high: float, p: float, count: int) -> str:
    """A positive rho contradicts the claim; an interval without a strong one supports it."""
    if count < FEWEST or not np.isfinite(rho):
        return UNDECIDED
    if p <= ALPHA and rho > 0:
        return CONTRADICTED
    return SUPPORTED if high < STRONG else UNDECIDED
