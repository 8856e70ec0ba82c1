"""The skill of a loss as a metric: how well it ranks the images of an IQA set."""

import numpy as np
import pandas as pd

from asymmetry.stats.correlation import fisher_z
from asymmetry.stats.intervals import ERRORS_IN_WIDTH, NORMAL_QUANTILE
from asymmetry.study import Calibration

_UNFITTED = ", of the contents that fitted no channel weights"


def scores_in_words(kind: str) -> str:
    """What the scores of an IQA set of this kind are. Known severities are no human judgement."""
    return "severity ranks (not opinion scores)" if kind == "severity" else "opinion scores"


def skill_of_losses(skill: pd.DataFrame) -> pd.DataFrame:
    """The skill of each fidelity loss: the Fisher-z mean of its SRCC over the IQA sets.

    A loss that a set lacks is left out, since means over different sets cannot be compared.
    Returns a frame indexed by loss: `z`, its standard error `error` (from the sets' intervals), and
    the SRCC `skill` with its 95 % interval `low`, `high`.
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
    return pd.DataFrame(
        {
            "z": mean["z"],
            "error": error,
            "skill": np.tanh(mean["z"]),
            "low": np.tanh(mean["z"] - NORMAL_QUANTILE * error),
            "high": np.tanh(mean["z"] + NORMAL_QUANTILE * error),
        }
    )


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
