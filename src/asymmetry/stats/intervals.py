"""Intervals of 95 %: from bootstrap draws, or from a standard error."""

from typing import NamedTuple

import numpy as np
from scipy import special

from asymmetry.stats.arrays import Array

LEVEL = 0.95  # of every interval
ENDS = (0.025, 0.975)  # the quantiles at its ends
# The same with the rounding error of 1 - 0.95. The last bit of the tables of skill and transfer
# depends on it.
ROUNDED_ENDS = ((1 - LEVEL) / 2, (1 + LEVEL) / 2)
NORMAL_QUANTILE = float(special.ndtri(ENDS[1]))
ERRORS_IN_WIDTH = 2 * NORMAL_QUANTILE  # how many standard errors wide a normal interval is


class Interval(NamedTuple):
    """The ends of a 95 % interval; NaN where there is none."""

    low: float
    high: float


def interval(draws: Array, ends: tuple[float, float] = ENDS) -> Interval:
    """The percentile interval of one statistic from its draws [draws]; NaN without any."""
    low, high = intervals(draws, ends)
    return Interval(float(low), float(high))


def intervals(draws: Array, ends: tuple[float, float] = ENDS) -> tuple[Array, Array]:
    """The low and the high ends [...] of percentile intervals of draws [..., draws].

    Draws that are NaN do not count. The ends are NaN where no draw is finite.
    """
    low = np.full(draws.shape[:-1], np.nan)
    high = low.copy()
    known = np.isfinite(draws).any(axis=-1)
    if known.any():
        low[known], high[known] = np.nanquantile(draws[known], ends, axis=-1)
    return low, high


def bootstrap_error(draws: Array) -> float:
    """The standard error of a statistic: the standard deviation of its finite draws [draws].

    NaN of fewer than two draws.
    """
    draws = draws[np.isfinite(draws)]
    return float(draws.std(ddof=1)) if len(draws) > 1 else float("nan")


def t_quantile(degrees_of_freedom: float) -> float:
    """How many standard errors a 95 % interval reaches to either side, by Student's t.

    >>> round(t_quantile(2), 2)
    4.3
    """
    return float(special.stdtrit(degrees_of_freedom, ENDS[1]))
