"""How good an objective each loss is: means over photos, with intervals."""

import numpy as np
import pandas as pd
import scipy

from asymmetry.core.randomness import draws
from asymmetry.stats.arrays import Array
from asymmetry.stats.intervals import Interval

GAIN, SNR = "gain", "gradient_snr"
_KEYS = ["fidelity", "statistic"]


def optimisability_of_losses(table: pd.DataFrame, resamples: int) -> pd.DataFrame:
    """A row for each loss and statistic of the table `optimisability`.

    `gain` is `recovery` minus `recovery_start` in dB, a photo's mean over its starts, and
    `gain/<start>` that of one start; the others are as in the table. `value` is the mean over
    photos. `low` and `high` are its 95 % bootstrap interval over photos, from the same draws for
    all losses; NaN below two photos. `images` is the number of values, and `absent` how many of
    them are not finite.
    """
    values = pd.concat([_gains(table), table[~table["statistic"].str.startswith("recovery")]])
    rows = []
    for key, of_loss in values.groupby(_KEYS, sort=False):
        by_photo = of_loss["value"].groupby(of_loss["image"], sort=True).mean().dropna().to_numpy()
        low, high = _interval_of_mean(by_photo, resamples)
        rows.append(
            dict(zip(_KEYS, key, strict=True))
            | {"value": by_photo.mean() if len(by_photo) else np.nan, "low": low, "high": high}
            | {"images": len(of_loss), "absent": int(of_loss["value"].isna().sum())}
        )
    columns = [*_KEYS, "value", "low", "high", "images", "absent"]
    return pd.DataFrame(rows, columns=columns)


def _gains(table: pd.DataFrame) -> pd.DataFrame:
    """What descent gained for each photo and start.

    Each gain has two rows: with the statistic `gain`, and with that of its start.
    """
    index = ["fidelity", "image"]
    reached, began = (
        table[table["statistic"] == name].set_index(index)["value"]
        for name in ("recovery", "recovery_start")
    )
    gains = (reached - began.reindex(reached.index)).reset_index()
    # A photo's name may hold a slash, since it is a path in a folder. The name of a start does not.
    names = [name.rpartition("/") for name in gains["image"]]
    gains["image"] = [photo for photo, _, _ in names]
    starts = [f"{GAIN}/{start}" for _, _, start in names]
    return pd.concat([gains.assign(statistic=GAIN), gains.assign(statistic=starts)])


def _interval_of_mean(values: Array, resamples: int) -> Interval:
    """The bootstrap interval of the mean of values [photos]."""
    if len(values) < 2:
        return Interval(np.nan, np.nan)
    rng = draws(0, "optimisability/interval")
    found = scipy.stats.bootstrap(
        (values,), np.mean, n_resamples=resamples, method="percentile", rng=rng
    )
    return Interval(*map(float, found.confidence_interval))
