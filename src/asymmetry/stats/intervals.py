"""Intervals, p-values and power from bootstrap draws."""

from collections.abc import Sequence

import numpy as np
from numpy.typing import NDArray
from scipy import stats

Array = NDArray[np.float64]
ALPHA = 0.05
LEVEL = 95.0  # percent, of every interval
NORMAL = float(stats.norm.ppf(0.5 + LEVEL / 200))


def interval(values: Array) -> tuple[Array, Array]:
    """The percentile interval (95 %) along the last axis; NaN where there is nothing to rank."""
    low = np.full(values.shape[:-1], np.nan)
    high = low.copy()
    some = np.isfinite(values).any(axis=-1)
    if some.any():
        ends = [50 - LEVEL / 2, 50 + LEVEL / 2]
        low[some], high[some] = np.nanpercentile(values[some], ends, axis=-1)
    return low, high


def bootstrap_p(values: Array) -> float:
    """Two-sided p of zero under draws [draws], never below one draw; NaN without any."""
    values = values[np.isfinite(values)]
    if not len(values):
        return float("nan")
    tail = min((values <= 0).sum(), (values >= 0).sum())
    return float(min(1.0, 2 * (tail + 1) / (len(values) + 1)))


def holm(p: Sequence[float]) -> list[float]:
    """p-values of a family, adjusted (Holm 1979); NaN stays NaN and does not count.

    >>> holm([0.01, 0.04, 0.03])
    [0.03, 0.06, 0.06]
    """
    values = np.asarray(p, dtype=float)
    order = np.argsort(values, kind="stable")[: int(np.isfinite(values).sum())]
    steps = values[order] * np.arange(len(order), 0, -1)
    adjusted = values.copy()
    adjusted[order] = np.minimum(np.maximum.accumulate(steps), 1)
    return [float(value) for value in adjusted]


def spread(values: Array) -> float:
    """The standard deviation of the draws [draws] that are there; NaN of fewer than two."""
    values = values[np.isfinite(values)]
    return float(values.std(ddof=1)) if len(values) > 1 else float("nan")


def power_at(effect: float, error: float, freedom: float = np.inf) -> float:
    """The chance that an effect of this size is found at p ≤ 0.05, two-sided, for its error.

    Normal, or Student's t with `freedom` degrees; NaN where the error is unknown or zero.

    >>> round(power_at(2.8, 1.0), 2)
    0.8
    """
    if not np.isfinite(error) or error <= 0:
        return float("nan")
    reach = stats.t.ppf(1 - ALPHA / 2, freedom)
    size = abs(effect) / error
    return float(stats.norm.cdf(size - reach) + stats.norm.cdf(-size - reach))
