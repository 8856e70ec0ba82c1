"""Sentences in the notes of several hypotheses; empty where there is nothing to say."""

from asymmetry.analysis.effect import Effects
from asymmetry.analysis.hypotheses.contract import FEWEST
from asymmetry.analysis.hypotheses.evidence import Evidence
from asymmetry.analysis.regimes import WITHOUT, Regime
from asymmetry.stats.rank_correlation import critical_rho
from asymmetry.stats.significance import ALPHA


def enough_losses(count: int) -> str:
    """What a rank correlation over so many losses can show."""
    if count < FEWEST:
        return (
            f"n = {count}: no rank correlation can reach p ≤ {ALPHA}, and a bootstrap over so few "
            f"losses gives no interval; {FEWEST} losses are the least."
        )
    return f"n = {count}: |rho| ≥ {critical_rho(count):.3f} is needed for p ≤ {ALPHA}."


def no_width(low: float, high: float) -> str:
    """What it means where all draws are equal, up to rounding."""
    if not high - low < 1e-9:
        return ""
    return "All draws agree: an interval without width is the bootstrap's limit, not certainty."


def settings_behind(part: Regime, losses: list[str]) -> str:
    """Over which settings the effect is a mean, or how it is fitted to them."""
    if part.fitted:
        return (
            f"Effect: main effects, fitted to {part.settings} of {part.possible} adversarial "
            f"settings; reliability {part.reliability(losses):.2f}, for which limits of rho are "
            "corrected (Spearman 1904)."
        )
    if part.name == WITHOUT:
        return ""
    return (
        f"Effect: the mean over the {part.settings} of {part.possible} adversarial settings that "
        "all losses share."
    )


def sets_behind(evidence: Evidence) -> str:
    """The IQA sets on which skill is measured."""
    return f"Skill: {evidence.sets or 'not measured'}."


def seeds_behind(effects: Effects) -> str:
    """What a single seed leaves out."""
    if effects.seeds > 1:
        return ""
    return "One seed: the interval does not include the variation between trainings."
