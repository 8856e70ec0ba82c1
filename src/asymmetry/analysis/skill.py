"""A, the skill of a loss as a metric: how well it ranks images of an IQA set."""

import numpy as np
import pandas as pd
from numpy.typing import NDArray
from scipy.stats import norm

from asymmetry.study import Calibration

_NORMAL = float(norm.ppf(0.975))
_UNFITTED = ", of the contents that fitted no channel weights"
_LARGEST = 1 - 1e-6  # atanh(1) is infinite


def scores_in_words(kind: str) -> str:
    """What the scores of an IQA set of this kind are: known severities are no human judgement."""
    return "severity ranks (not opinion scores)" if kind == "severity" else "opinion scores"


def fisher_z(correlation: pd.Series | NDArray[np.float64] | float) -> np.ndarray:
    """Fisher's z of a correlation, finite also for a perfect one."""
    values = np.asarray(correlation, dtype=float)
    return np.asarray(np.arctanh(np.clip(values, -_LARGEST, _LARGEST)))


def skill_of_losses(skill: pd.DataFrame) -> pd.DataFrame:
    """A of each fidelity loss: the Fisher-z mean of its SRCC over the IQA sets.

    Losses that a set lacks are left out: means over different sets cannot be compared.
    Returns a frame indexed by loss: `z`, `error` (its standard error, from the sets' intervals),
    and `skill`, `low`, `high` (95 %).
    """
    rows = skill[
        (skill["role"] == "fidelity")
        & (skill["subset"] == "all")
        & (skill["statistic"] == "srcc")
        & skill["value"].notna()
    ]
    z = rows.assign(z=fisher_z(rows["value"]))
    z["variance"] = ((fisher_z(rows["high"]) - fisher_z(rows["low"])) / (2 * _NORMAL)) ** 2
    by_loss = z.groupby("metric", sort=False)
    mean = by_loss.agg(z=("z", "mean"), variance=("variance", "sum"), sets=("set", "nunique"))
    mean = mean[mean["sets"] == rows["set"].nunique()]
    error = np.sqrt(mean["variance"]) / mean["sets"]
    return pd.DataFrame(
        {
            "z": mean["z"],
            "error": error,
            "skill": np.tanh(mean["z"]),
            "low": np.tanh(mean["z"] - _NORMAL * error),
            "high": np.tanh(mean["z"] + _NORMAL * error),
        }
    )


def sets_in_words(skill: pd.DataFrame, calibration: Calibration | None) -> str:
    """The IQA sets behind A, each with what its scores are, and which images it was cut down to."""
    sets = skill.loc[skill["role"] == "fidelity", ["set", "kind"]].drop_duplicates()
    cut = calibration.set if calibration else None
    return "; ".join(
        f"{name}: {scores_in_words(kind)}" + (_UNFITTED if name == cut else "")
        for name, kind in sets.to_numpy()
    )
