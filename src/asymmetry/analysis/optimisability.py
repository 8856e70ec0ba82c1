"""How good an objective each loss is: means over photos, with intervals."""

import numpy as np
import pandas as pd
from scipy.stats import bootstrap

from asymmetry.core.randomness import draws

GAIN, SNR = "gain", "gradient_snr"
_KEYS = ["fidelity", "statistic"]


def optimisability_of_losses(table: pd.DataFrame, resamples: int) -> pd.DataFrame:
    """A row for each loss and statistic of the table `optimisability`.

    `gain` is `recovery` minus `recovery_start` in dB, a photo's mean over its starts, and
    `gain/<start>` that of one start; the others are as in the table. `value` is the mean over
    photos, `low` and `high` its 95 % bootstrap interval over photos (NaN below two of them; the
    same draws for all losses), `images` the number of values and `absent` of those that are not
    finite.
    """
    values = pd.concat([_gains(table), table[~table["statistic"].str.startswith("recovery")]])
    rows = []
    for key, own in values.groupby(_KEYS, sort=False):
        by_photo = own["value"].groupby(own["image"], sort=True).mean().dropna().to_numpy()
        low, high = _interval(by_photo, resamples)
        rows.append(
            dict(zip(_KEYS, key, strict=True))
            | {"value": by_photo.mean() if len(by_photo) else np.nan, "low": low, "high": high}
            | {"images": len(own), "absent": int(own["value"].isna().sum())}
        )
    columns = [*_KEYS, "value", "low", "high", "images", "absent"]
    return pd.DataFrame(rows, columns=columns)


def _gains(table: pd.DataFrame) -> pd.DataFrame:
    """What descent gained, of each photo and start; twice, as of all starts and as of that one."""
    index = ["fidelity", "image"]
    reached, began = (
        table[table["statistic"] == name].set_index(index)["value"]
        for name in ("recovery", "recovery_start")
    )
    gains = (reached - began.reindex(reached.index)).reset_index()
    # A photo's name may hold a slash (it is a path in a folder), that of a start none.
    names = [name.rpartition("/") for name in gains["image"]]
    gains["image"] = [photo for photo, _, _ in names]
    starts = [f"{GAIN}/{start}" for _, _, start in names]
    return pd.concat([gains.assign(statistic=GAIN), gains.assign(statistic=starts)])


def _interval(values: np.ndarray, resamples: int) -> tuple[float, float]:
    if len(values) < 2:
        return np.nan, np.nan
    picks = draws(0, "optimisability/interval")
    found = bootstrap(
        (values,), np.mean, n_resamples=resamples, method="percentile", rng=picks
    ).confidence_interval
    return float(found.low), float(found.high)
