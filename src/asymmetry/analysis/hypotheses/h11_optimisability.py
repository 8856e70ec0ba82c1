"""H11: whether the recovery of a reference by descent on a loss predicts its effect.

The recovery is a measure of optimisability. Skill, the other predictor, is compared with it.
"""

import pandas as pd

from asymmetry.analysis.effect import Effects
from asymmetry.analysis.hypotheses.contract import FEWEST, Finding, sentences, with_draws
from asymmetry.analysis.hypotheses.evidence import Evidence
from asymmetry.analysis.hypotheses.notes import enough_losses, seeds_behind
from asymmetry.analysis.regimes import Regime, regimes
from asymmetry.analysis.resampled_losses import ResampledLosses, rank_draws, resample_losses
from asymmetry.core.randomness import draws
from asymmetry.stats.arrays import Array
from asymmetry.stats.rank_correlation import spearman
from asymmetry.stats.resampling import resampled_counts
from asymmetry.stats.significance import bootstrap_p
from asymmetry.tables.schemas import OK

ID = "H11"
CLAIM = "Optimisability predicts effect as a loss better than skill as a metric does"
SOURCE = "ours"
SILENT = (
    "The paper shows failures and does not explain them (R). Here: PSNR that descent on the loss "
    "alone recovers, after Ding et al. 2021."
)
TABLES = ("runs", "scores", "skill", "optimisability")
UNIT = "losses"
ASSUMED = 0.7
POWER = (
    f"at a true difference of {ASSUMED} in rho, normal, with the standard deviation of the draws"
)


def findings(evidence: Evidence) -> list[Finding]:
    """A finding for each regime of each task, generator and set."""
    recovered = recovery(evidence)
    return [
        _finding(effects, part, recovered, evidence)
        for effects in evidence.effects
        for part in regimes(effects)
    ]


def recovery(evidence: Evidence) -> pd.DataFrame:
    """The PSNR (dB) to which each loss [rows] recovers each photo [columns], a mean over starts.

    An image of the table is a photo, or a photo and a start, `<photo>/<start>`. An image that one
    loss could not recover is left out for all losses.
    """
    rows = evidence.tables.optimisability
    rows = rows[(rows["statistic"] == "recovery") & (rows["status"] == OK)]
    wide = rows.pivot_table(index="fidelity", columns="image", values="value")
    wide = wide.dropna(axis="columns")
    photos = [str(image).rpartition("/")[0] or str(image) for image in wide.columns]
    return wide.T.groupby(photos).mean().T


def _finding(
    effects: Effects, part: Regime, recovered: pd.DataFrame, evidence: Evidence
) -> Finding:
    known = evidence.losses.index.intersection(recovered.index)
    losses = [loss for loss in part.losses if loss in known]
    finding = Finding(
        effects.scope,
        part.name,
        "rho(optimisability, effect) minus rho(skill, effect)",
        n=len(losses),
        coverage=effects.coverage,
        note=enough_losses(len(losses)),
    )
    if len(losses) < FEWEST or recovered.empty:
        return finding
    skill = evidence.losses.reindex(losses)
    effect, effect_draws = part.of(losses)
    photos = recovered.loc[losses].to_numpy()
    z, error = skill["z"].to_numpy(), skill["error"].to_numpy()
    by_recovery, by_skill = (float(spearman(one, effect)) for one in (photos.mean(1), z))
    drawn = resample_losses(len(losses), effect_draws.shape[1])
    drawn_effect = drawn.of_losses(effect_draws)
    differences = rank_draws(
        drawn.of_losses(_recovery_draws(photos, drawn)), drawn_effect
    ) - rank_draws(drawn.measured(z, error), drawn_effect)
    return with_draws(
        finding,
        by_recovery - by_skill,
        differences,
        assumed=ASSUMED,
        p=bootstrap_p(differences),
        note=sentences(
            finding.note,
            f"rho with the effect: optimisability {by_recovery:.2f}, skill {by_skill:.2f}; "
            f"{photos.shape[1]} photos.",
            seeds_behind(effects),
        ),
    )


def _recovery_draws(photos: Array, drawn: ResampledLosses) -> Array:
    """The mean recovery [losses, draws] in a bootstrap over the photos [losses, photos]."""
    size = photos.shape[1]
    counts = resampled_counts(draws(0, "recovery"), size, len(drawn.chosen))
    return photos @ counts.T / size
