"""The skill of a loss as a metric: how well it ranks the images of an IQA set."""

import numpy as np
import pandas as pd

from asymmetry.core.randomness import draws
from asymmetry.stats.arrays import Array
from asymmetry.stats.correlation import fisher_z, srcc
from asymmetry.stats.intervals import ERRORS_IN_WIDTH, NORMAL_QUANTILE
from asymmetry.stats.resampled_correlation import resampled_srcc
from asymmetry.stats.resampling import resampled_cluster_counts
from asymmetry.study import Calibration

_UNFITTED = ", of the contents that fitted no channel weights"


def scores_in_words(kind: str) -> str:
    """What the scores of an IQA set of this kind are. Known severities are no human judgement."""
    return "severity ranks (not opinion scores)" if kind == "severity" else "opinion scores"


def skill_of_losses(
    skill: pd.DataFrame, values: pd.DataFrame | None = None, resamples: int = 1000
) -> pd.DataFrame:
    """The skill of each fidelity loss: the Fisher-z mean of its SRCC over the IQA sets.

    A loss that a set lacks is left out, since means over different sets cannot be compared.
    Returns a frame indexed by loss: `z`, its standard error `error`, and the SRCC `skill` with its
    95 % interval `low`, `high`.

    The error is that of differences between losses: the losses share their images, and what a
    bootstrap of these moves alike orders no losses. With the `values` of single images (the table
    `skill_values`) it is drawn, with `resamples` draws; without them it is that of the intervals,
    which is rather too large.
    """
    rows = skill[
        (skill["role"] == "fidelity")
        & (skill["subset"] == "all")
        & (skill["statistic"] == "srcc")
        & skill["value"].notna()
    ]
    z = rows.assign(z=fisher_z(rows["value"]))
    z["variance"] = ((fisher_z(rows["high"]) - fisher_z(rows["low"])) / ERRORS_IN_WIDTH) ** 2
    by_loss = z.groupby("metric", sort=False)
    mean = by_loss.agg(z=("z", "mean"), variance=("variance", "sum"), sets=("set", "nunique"))
    mean = mean[mean["sets"] == rows["set"].nunique()]
    error = np.sqrt(mean["variance"]) / mean["sets"]
    paired = None if values is None else _paired_errors(rows, values, mean.index, resamples)
    return pd.DataFrame(
        {
            "z": mean["z"],
            "error": error if paired is None else paired,
            "skill": np.tanh(mean["z"]),
            "low": np.tanh(mean["z"] - NORMAL_QUANTILE * error),
            "high": np.tanh(mean["z"] + NORMAL_QUANTILE * error),
        }
    )


def _paired_errors(
    rows: pd.DataFrame, values: pd.DataFrame, losses: pd.Index, resamples: int
) -> Array | None:
    """The errors [losses] of the mean z, less what all losses have in common; None without values.

    Every set is drawn by contents, the same draws for all losses, over the images of all of them.
    """
    total = np.zeros((len(losses), resamples))
    for name, of_set in rows.groupby("set", sort=False):
        measured = values[(values["set"] == name) & (values["role"] == "fidelity")]
        if measured.empty:
            return None
        wide = measured.pivot_table(index="image", columns="metric", values="value")
        wide = wide.reindex(columns=losses).replace([np.inf, -np.inf], np.nan).dropna()
        images = measured.drop_duplicates("image").set_index("image").loc[wide.index]
        counts = resampled_cluster_counts(
            draws(0, "bootstrap"), images["group"].tolist(), resamples
        )
        if wide.empty or not len(counts):
            return None
        scores = images["score"].to_numpy(dtype=float)
        signed = of_set.set_index("metric")["value"]
        for row, loss in enumerate(losses):
            of_loss = wide[loss].to_numpy(dtype=float)
            rhos = resampled_srcc(of_loss, scores, counts)
            # The values are as the metric has them; the table `skill` is oriented.
            turned = np.sign(srcc(of_loss, scores) * signed[loss])
            total[row] += fisher_z(turned * rhos)
    total -= np.nanmean(total, axis=0)
    return np.asarray(np.nanstd(total, axis=1, ddof=1) / rows["set"].nunique())


def sets_in_words(skill: pd.DataFrame, calibration: Calibration | None) -> str:
    """The IQA sets behind the skill, each with what its scores are.

    Also which of them, the set of the calibration, counts in part only.
    """
    sets = skill.loc[skill["role"] == "fidelity", ["set", "kind"]].drop_duplicates()
    cut = calibration.set if calibration else None
    return "; ".join(
        f"{name}: {scores_in_words(kind)}" + (_UNFITTED if name == cut else "")
        for name, kind in sets.to_numpy()
    )
