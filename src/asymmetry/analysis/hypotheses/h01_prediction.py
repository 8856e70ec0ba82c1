"""H1: the rank correlation of skill and effect over the losses, in each regime."""

import numpy as np
import pandas as pd

from asymmetry.analysis.asymmetry import (
    WITH,
    WITHOUT,
    Regime,
    rank_draws,
    regime,
    resample_losses,
)
from asymmetry.analysis.effect import Effects
from asymmetry.analysis.hypotheses.contract import (
    CONTRADICTED,
    FEWEST,
    SUPPORTED,
    UNDECIDED,
    Finding,
    sentences,
)
from asymmetry.analysis.hypotheses.evidence import Evidence
from asymmetry.stats.intervals import ALPHA, Array, interval
from asymmetry.stats.permutation import critical_rho, permutation_p, power_at_rho, spearman

ID = "H1"
CLAIM = "Skill as a metric does not predict effect as a loss"
SOURCE = "P"
SILENT = (
    "No correlation, interval or number of losses is public. Here: Spearman's rho over the losses."
)
TABLES = ("runs", "scores", "skill")
UNIT = "losses"
STRONG = 0.5  # a rank correlation below it predicts a loss's effect poorly
ASSUMED = 0.7
POWER = f"at a true |rho| of {ASSUMED}, from 10,000 simulated samples"
_RULE = f"Supported: interval below {STRONG}; contradicted: rho > 0 with p ≤ {ALPHA}."


def findings(evidence: Evidence) -> list[Finding]:
    """A finding for each regime of each task, generator and set."""
    return [
        _finding(effects, regime(effects, name), evidence)
        for effects in evidence.effects
        for name in (WITHOUT, WITH)
    ]


def _finding(effects: Effects, part: Regime, evidence: Evidence) -> Finding:
    losses = [loss for loss in part.losses if loss in evidence.losses.index]
    known = evidence.losses.reindex(losses)
    skill, effect = known["z"].to_numpy(), part.of(losses)[0]
    rho = float(spearman(skill, effect)) if losses else np.nan
    low, high = interval_of_rho(part, losses, known)
    p = permutation_p(skill, effect) if losses else np.nan
    sign = "=" if part.name == WITHOUT else ">"
    return Finding(
        effects.scope,
        part.name,
        f"Spearman rank correlation of A and O at adversarial weight {sign} 0",
        value=rho,
        low=low,
        high=high,
        p=p,
        n=len(losses),
        power=power_at_rho(len(losses), ASSUMED),
        verdict=_verdict(rho, float(unattenuated(np.array(high), part, losses)), p, len(losses)),
        coverage=effects.coverage,
        note=sentences(
            enough_losses(len(losses)),
            no_width(low, high),
            _RULE,
            behind_effects(part, losses),
            f"A: {evidence.sets or 'not measured'}.",
            seeds_behind(effects),
        ),
    )


def interval_of_rho(part: Regime, losses: list[str], known: pd.DataFrame) -> tuple[float, float]:
    """The bootstrap interval over losses, images and seeds; NaN of too few losses.

    Draws of too few losses are mostly ties. Each A is drawn from its own sampling distribution.
    """
    if len(losses) < FEWEST:
        return np.nan, np.nan
    effects = part.of(losses)[1]
    drawn = resample_losses(len(losses), effects.shape[1])
    skill = drawn.measured(known["z"].to_numpy(), known["error"].to_numpy())
    low, high = interval(rank_draws(skill, drawn.of_losses(effects)))
    return float(low), float(high)


def no_width(low: float, high: float) -> str:
    """What it means where all draws agree, up to rounding."""
    if not high - low < 1e-9:
        return ""
    return "All draws agree: an interval without width is the bootstrap's limit, not certainty."


def enough_losses(count: int) -> str:
    """What a rank correlation over so many losses can show."""
    if count < FEWEST:
        return (
            f"n = {count}: no rank correlation can reach p ≤ {ALPHA}, and a bootstrap over so few "
            f"losses gives no interval; {FEWEST} losses are the least."
        )
    return f"n = {count}: |rho| ≥ {critical_rho(count):.3f} is needed for p ≤ {ALPHA}."


def behind_effects(part: Regime, losses: list[str]) -> str:
    """Over which settings O is the mean, or how it is fitted to them."""
    if part.fitted:
        return (
            f"O: main effects, fitted to {part.settings} of {part.possible} adversarial settings; "
            f"reliability {part.reliability(losses):.2f}, for which limits of rho are corrected "
            "(Spearman 1904)."
        )
    if part.name == WITHOUT:
        return ""
    return f"O: the {part.settings} of {part.possible} adversarial settings that all losses share."


def unattenuated(rho: Array, part: Regime, losses: list[str]) -> Array:
    """Rank correlations as they would be without the error of fitted effects (Spearman 1904).

    The error makes every correlation smaller, and so would pass for a misalignment.
    """
    reliability = part.reliability(losses)
    if reliability == 0:
        return np.full_like(rho, np.nan)
    return np.asarray(np.clip(rho / np.sqrt(reliability), -1, 1))


def seeds_behind(effects: Effects) -> str:
    """What a single seed leaves out."""
    known = effects.seeds > 1
    return "" if known else "One seed: the interval knows no variation between trainings."


def _verdict(rho: float, high: float, p: float, count: int) -> str:
    """A positive relation contradicts the claim; excluding a strong one supports it."""
    if count < FEWEST or not np.isfinite(rho):
        return UNDECIDED
    if p <= ALPHA and rho > 0:
        return CONTRADICTED
    return SUPPORTED if high < STRONG else UNDECIDED
