"""H2: how much the rank correlation of skill and effect changes with an adversary."""

import numpy as np

from asymmetry.analysis.asymmetry import (
    WITH,
    WITHOUT,
    Regime,
    rank_draws,
    regime,
    resample_losses,
)
from asymmetry.analysis.effect import Effects
from asymmetry.analysis.hypotheses.contract import FEWEST, Finding, by_interval, sentences
from asymmetry.analysis.hypotheses.evidence import Evidence
from asymmetry.analysis.hypotheses.h01_prediction import (
    behind_effects,
    enough_losses,
    no_width,
    seeds_behind,
    unattenuated,
)
from asymmetry.stats.intervals import bootstrap_p, interval, power_at, spread
from asymmetry.stats.permutation import spearman

ID = "H2"
CLAIM = "The misalignment grows under adversarial training"
SOURCE = "P"
SILENT = "No measure of the growth is public. Here: the change of rho over the same losses."
TABLES = ("runs", "scores", "skill")
UNIT = "losses"
ASSUMED = 0.7
POWER = f"at a true change of {ASSUMED}, normal, with the spread of the draws as its error"


def findings(evidence: Evidence) -> list[Finding]:
    """A finding for each task, generator and set."""
    return [_finding(effects, evidence) for effects in evidence.effects]


def _finding(effects: Effects, evidence: Evidence) -> Finding:
    parts = [regime(effects, WITHOUT), regime(effects, WITH)]
    losses = [loss for loss in parts[0].losses if loss in parts[1].losses]
    losses = [loss for loss in losses if loss in evidence.losses.index]
    known = evidence.losses["z"].reindex(losses).to_numpy()
    rho = [
        float(unattenuated(spearman(known, part.of(losses)[0]), part, losses)) if losses else np.nan
        for part in parts
    ]
    change = changes(parts, losses, evidence)
    low, high = (float(end) for end in interval(change))
    return Finding(
        effects.scope,
        "with minus without",
        "rank correlation with the adversary minus without it",
        value=rho[1] - rho[0],
        low=low,
        high=high,
        p=bootstrap_p(change),
        n=len(losses),
        power=power_at(ASSUMED, spread(change)),
        verdict=by_interval(-high, -low),
        coverage=effects.coverage,
        note=sentences(
            enough_losses(len(losses)),
            no_width(low, high),
            behind_effects(parts[1], losses),
            f"A: {evidence.sets or 'not measured'}.",
            seeds_behind(effects),
        ),
    )


def changes(parts: list[Regime], losses: list[str], evidence: Evidence) -> np.ndarray:
    """The change of rho in each draw [draws]; no draws of too few losses."""
    if len(losses) < FEWEST:
        return np.empty(0)
    known = evidence.losses.reindex(losses)
    drawn = resample_losses(len(losses), parts[0].draws.shape[1])
    skill = drawn.measured(known["z"].to_numpy(), known["error"].to_numpy())
    before, after = (
        unattenuated(rank_draws(skill, drawn.of_losses(part.of(losses)[1])), part, losses)
        for part in parts
    )
    return np.asarray(after - before)
