"""H11: whether the recovery of a reference by descent on a loss predicts its effect.

The recovery is a measure of optimisability. Skill, the other predictor, is compared with it.
"""

from dataclasses import replace

import numpy as np
import pandas as pd
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
from asymmetry.analysis.hypotheses.h01_prediction import LEAST_RELIABLE
from asymmetry.analysis.hypotheses.notes import enough_losses
from asymmetry.analysis.regimes import Regime, regimes
from asymmetry.stats.arrays import Array
from asymmetry.stats.dependent_correlations import (
    corrected,
    difference_interval,
    spearman_interval,
)
from asymmetry.stats.intervals import ERRORS_IN_WIDTH
from asymmetry.stats.power import power_of_estimate
from asymmetry.stats.rank_correlation import spearman
from asymmetry.stats.reliability import share_of_truth
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
POWER = f"at a true difference of {ASSUMED} in rho, normal, with the interval's own error"


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
        return undecidable(finding, f"It needs {FEWEST} losses of known skill and optimisability.")
    skill, effect = evidence.losses.reindex(losses), part.of(losses)
    photos = recovered.loc[losses].to_numpy()
    predictors = photos.mean(axis=1), skill["z"].to_numpy()
    errors = _error_over_photos(photos), skill["error"].to_numpy()
    rhos = [float(spearman(one, effect)) for one in predictors]
    # The error of the effect is the same for both; that of the predictors is not.
    reliable = [share_of_truth(one, error) for one, error in zip(predictors, errors, strict=True)]
    note = sentences(
        f"rho with the effect: optimisability {rhos[0]:.2f}, skill {rhos[1]:.2f}; "
        f"{photos.shape[1]} photos.",
        finding.note,
    )
    finding = replace(finding, note=note)
    if not min(reliable) >= LEAST_RELIABLE or not np.isfinite(rhos).all():
        words = " and ".join(f"{one:.2f}" for one in reliable)
        return replace(finding, note=sentences(f"Mostly noise: reliability {words}.", note))
    first, second = (
        (corrected(rho, one), spearman_interval(rho, len(losses), one))
        for rho, one in zip(rhos, reliable, strict=True)
    )
    low, high = difference_interval(first, second, float(spearman(*predictors)))
    error = max((high - low) / ERRORS_IN_WIDTH, 1e-9)  # of perfect orders, an interval has no width
    value = first[0] - second[0]
    return replace(
        finding,
        value=value,
        low=low,
        high=high,
        p=float(2 * special.ndtr(-abs(value) / error)),
        power=power_of_estimate(ASSUMED, error),
        verdict=by_interval(low, high),
    )


def _error_over_photos(photos: Array) -> Array:
    """The standard errors [losses] of the means of [losses, photos], less what all share."""
    count = photos.shape[1]
    if count < 2:
        return np.full(len(photos), np.nan)
    rest = photos - photos.mean(axis=0)
    return np.asarray(rest.std(axis=1, ddof=1) / np.sqrt(count))
