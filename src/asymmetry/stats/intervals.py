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


def share_interval(share: float, n: int) -> Interval:
    """The interval of a share of `n` independent cases (Wilson 1927); of n = 0 it is 0 to 1.

    >>> [round(end, 3) for end in share_interval(0.5, 10)]
    [0.237, 0.763]
    """
    square = NORMAL_QUANTILE**2
    centre = share * n + square / 2
    reach = NORMAL_QUANTILE * np.sqrt(share * (1 - share) * n + square / 4)
    low, high = ((centre + side * reach) / (n + square) for side in (-1, 1))
    return Interval(max(0.0, float(low)), min(1.0, float(high)))


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
