"""Sentences in the notes of several hypotheses; empty where there is nothing to say."""

from asymmetry.analysis.hypotheses.contract import FEWEST
from asymmetry.analysis.hypotheses.evidence import Evidence
from asymmetry.analysis.regimes import WITHOUT, Regime
from asymmetry.stats.rank_correlation import critical_rho
from asymmetry.stats.significance import ALPHA


def enough_losses(count: int) -> str:
    """What a rank correlation over so many losses can show."""
    if count < FEWEST:
        return f"n = {count}: no rank correlation can reach p ≤ {ALPHA}."
    return f"n = {count}: |rho| ≥ {critical_rho(count):.3f} is needed for p ≤ {ALPHA}."


def settings_behind(part: Regime, losses: list[str]) -> str:
    """Over which settings the effects of losses are fitted, and how often each was trained."""
    if part.name == WITHOUT or not losses:
        return ""
    return (
        f"Effect: main effects over {part.settings} adversarial settings, "
        f"{part.replication:.1f} trainings a loss."
    )


def sets_behind(evidence: Evidence) -> str:
    """The IQA sets on which skill is measured."""
    return f"Skill: {evidence.sets or 'not measured'}."
