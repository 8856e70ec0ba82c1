"""H11: whether recovery of the reference by descent on a loss predicts its effect better than A."""

import numpy as np
import pandas as pd

from asymmetry.analysis.asymmetry import (
    WITH,
    WITHOUT,
    Regime,
    Resample,
    rank_draws,
    regime,
    resample_losses,
)
from asymmetry.analysis.effect import Effects
from asymmetry.analysis.hypotheses.contract import FEWEST, Finding, by_interval, sentences
from asymmetry.analysis.hypotheses.evidence import Evidence
from asymmetry.analysis.hypotheses.h01_prediction import enough_losses, seeds_behind
from asymmetry.core.randomness import draws
from asymmetry.stats.intervals import Array, bootstrap_p, interval, power_at, spread
from asymmetry.stats.permutation import spearman

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
POWER = f"at a true difference of {ASSUMED} in rho, normal, with the spread of the draws"


def findings(evidence: Evidence) -> list[Finding]:
    """A finding for each regime of each task, generator and set."""
    recovered = recovery(evidence)
    return [
        _finding(effects, regime(effects, name), recovered, evidence)
        for effects in evidence.effects
        for name in (WITHOUT, WITH)
    ]


def recovery(evidence: Evidence) -> pd.DataFrame:
    """PSNR (dB) that each loss [rows] recovers of each photo [columns], from the starts of all.

    An image of the table is a photo, or a photo and a start, `<photo>/<start>`; one that a loss
    could not recover is left out for all of them.
    """
    rows = evidence.tables.optimisability
    rows = rows[(rows["statistic"] == "recovery") & (rows["status"] == "ok")]
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
        "rho(optimisability, O) minus rho(A, O)",
        n=len(losses),
        coverage=effects.coverage,
        note=enough_losses(len(losses)),
    )
    if len(losses) < FEWEST or recovered.empty:
        return finding
    skill = evidence.losses.reindex(losses)
    effect, effect_draws = part.of(losses)
    images = recovered.loc[losses].to_numpy()
    rho = [float(spearman(one, effect)) for one in (images.mean(1), skill["z"].to_numpy())]
    drawn = resample_losses(len(losses), effect_draws.shape[1])
    differences = rank_draws(
        drawn.of_losses(_image_draws(images, drawn)), drawn.of_losses(effect_draws)
    ) - rank_draws(
        drawn.measured(skill["z"].to_numpy(), skill["error"].to_numpy()),
        drawn.of_losses(effect_draws),
    )
    low, high = (float(end) for end in interval(differences))
    return Finding(
        finding.scope,
        finding.regime,
        finding.statistic,
        value=rho[0] - rho[1],
        low=low,
        high=high,
        p=bootstrap_p(differences),
        n=finding.n,
        power=power_at(ASSUMED, spread(differences)),
        verdict=by_interval(low, high),
        coverage=finding.coverage,
        note=sentences(
            finding.note,
            f"rho with O: optimisability {rho[0]:.2f}, A {rho[1]:.2f}; {images.shape[1]} photos.",
            seeds_behind(effects),
        ),
    )


def _image_draws(images: Array, drawn: Resample) -> Array:
    """The mean recovery [losses, draws] under draws of the images [losses, images]."""
    size = images.shape[1]
    counts = draws(0, "recovery").multinomial(size, np.full(size, 1 / size), len(drawn.chosen))
    return images @ counts.T / size
