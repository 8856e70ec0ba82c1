"""The tables of a comparison: means, and the differences of all pairs of methods."""

from collections.abc import Sequence

import numpy as np
import pandas as pd

from asymmetry.core.randomness import draws
from asymmetry.metrics.contracts import METRICS
from asymmetry.stats.arrays import Array
from asymmetry.stats.paired import paired_difference
from asymmetry.stats.resampling import resampled_counts
from asymmetry.tables.schemas import OK

RESAMPLES = 2000
_ITSELF = {"difference": 0.0, "low": 0.0, "high": 0.0}  # the best
FEW = 10  # images: below, percentile intervals are clearly too narrow


def differences(
    scores: pd.DataFrame, methods: Sequence[str], metrics: Sequence[str]
) -> pd.DataFrame:
    """A row for each metric and ordered pair: the mean difference `method` - `other`.

    `scores` has the columns method, image, metric, value, status. The interval of 95 % is of the
    bootstrap over the images that both have; all pairs share the draws.
    """
    images = sorted(scores["image"].unique())
    counts = resampled_counts(draws(0, "compare"), len(images), RESAMPLES)
    rows = []
    for metric in metrics:
        values = _values(scores, metric, methods, images)
        for one, method in enumerate(methods):
            for two, other in enumerate(methods):
                if one != two:
                    found = paired_difference(values[one], values[two], counts)
                    rows.append([metric, method, other, *found])
    columns = ["metric", "method", "other", "difference", "low", "high", "images"]
    return pd.DataFrame(rows, columns=columns)


def ranking(scores: pd.DataFrame, pairs: pd.DataFrame, metrics: Sequence[str]) -> pd.DataFrame:
    """A row for each metric and method, the best of a metric first.

    `mean` is over the `images` that it has a value of; `difference`, `low` and `high` are those of
    `pairs` to the best of the metric. Where not all methods have all images, the means are not of
    the same images, but the differences are. Methods without a value come last.
    """
    measured = scores[scores["status"] == OK].groupby(["metric", "method"])["value"]
    means = measured.agg(mean="mean", images="count")
    order = dict.fromkeys(scores["method"])
    rows = []
    for metric in metrics:
        every = pd.MultiIndex.from_product([[metric], order], names=["metric", "method"])
        table = pd.DataFrame(means.reindex(every)).droplevel(0)
        ascending = not METRICS[metric].higher_is_better
        table = table.sort_values("mean", ascending=ascending, kind="stable")
        best = table.index[0]
        to_best = pairs[(pairs["metric"] == metric) & (pairs["other"] == best)].set_index("method")
        for name, row in table.iterrows():
            found = to_best.loc[name] if name in to_best.index else _ITSELF
            measured_on = 0 if np.isnan(row["images"]) else int(row["images"])
            ends = (found["difference"], found["low"], found["high"])
            rows.append([metric, name, row["mean"], measured_on, best, *ends])
    columns = ["metric", "method", "mean", "images", "best", "difference", "low", "high"]
    return pd.DataFrame(rows, columns=columns)


def _values(
    scores: pd.DataFrame, metric: str, methods: Sequence[str], images: Sequence[str]
) -> Array:
    """The values [methods, images] of a metric; NaN where there is none."""
    own = scores[(scores["metric"] == metric) & (scores["status"] == OK)]
    wide = own.pivot(index="method", columns="image", values="value")
    table: Array = wide.reindex(index=list(methods), columns=list(images)).to_numpy(
        dtype=np.float64
    )
    return table
