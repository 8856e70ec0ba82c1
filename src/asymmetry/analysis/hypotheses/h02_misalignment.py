"""H2: how much the rank correlation of skill and effect changes with an adversary."""

from dataclasses import replace

import numpy as np

from asymmetry.analysis.effect import Effects
from asymmetry.analysis.hypotheses.contract import Finding, sentences, with_draws
from asymmetry.analysis.hypotheses.evidence import Evidence
from asymmetry.analysis.hypotheses.h01_prediction import rho_draws
from asymmetry.analysis.hypotheses.notes import (
    enough_losses,
    no_width,
    seeds_behind,
    sets_behind,
    settings_behind,
)
from asymmetry.analysis.regimes import Regime, regimes
from asymmetry.stats.arrays import Array
from asymmetry.stats.rank_correlation import disattenuated, spearman
from asymmetry.stats.significance import bootstrap_p

ID = "H2"
CLAIM = "The misalignment grows under adversarial training"
SOURCE = "P"
SILENT = "No measure of the growth is public. Here: the change of rho over the same losses."
TABLES = ("runs", "scores", "skill")
UNIT = "losses"
ASSUMED = 0.7
POWER = f"at a true change of {ASSUMED}, normal, with the standard deviation of the draws"


def findings(evidence: Evidence) -> list[Finding]:
    """A finding for each task, generator and set."""
    return [_finding(effects, evidence) for effects in evidence.effects]


def _finding(effects: Effects, evidence: Evidence) -> Finding:
    without, with_adversary = regimes(effects)
    shared = [loss for loss in without.losses if loss in with_adversary.losses]
    losses = [loss for loss in shared if loss in evidence.losses.index]
    before, after = (_rho(part, losses, evidence) for part in (without, with_adversary))
    changes = after[1] - before[1]
    found = with_draws(
        Finding(
            effects.scope,
            "with minus without",
            "rank correlation with the adversary minus without it",
            n=len(losses),
            coverage=effects.coverage,
        ),
        after[0] - before[0],
        changes,
        assumed=ASSUMED,
        sign=-1,
        p=bootstrap_p(changes),
    )
    return replace(
        found,
        note=sentences(
            enough_losses(len(losses)),
            no_width(found.low, found.high),
            settings_behind(with_adversary, losses),
            sets_behind(evidence),
            seeds_behind(effects),
        ),
    )


def _rho(part: Regime, losses: list[str], evidence: Evidence) -> tuple[float, Array]:
    """Rho in a regime, corrected for the error of fitted effects, and its draws [draws]."""
    if not losses:
        return np.nan, np.empty(0)
    skill, reliability = evidence.losses["z"].reindex(losses).to_numpy(), part.reliability(losses)
    rho = float(disattenuated(spearman(skill, part.of(losses)[0]), reliability))
    return rho, disattenuated(rho_draws(part, losses, evidence), reliability)
