"""Intervals of rank correlations, and of the difference of two that share a variable."""

import numpy as np

from asymmetry.stats.correlation import fisher_z
from asymmetry.stats.intervals import NORMAL_QUANTILE, Interval

_MOST = 0.999


def spearman_interval(rho: float, count: int, reliability: float = 1.0) -> Interval:
    """The 95 % interval of Spearman's rho of `count` pairs, on Fisher's z.

    The variance is (1 + rho^2 / 2) / (n - 3) (Bonett and Wright 2000). Its ends are corrected for
    the `reliability` of the two sides, a product (Spearman 1904; Charles 2005). NaN below 5 pairs.
    """
    if count < 5 or not np.isfinite(rho) or not reliability > 0:
        return Interval(float("nan"), float("nan"))
    half = NORMAL_QUANTILE * np.sqrt((1 + rho**2 / 2) / (count - 3))
    ends = np.tanh(float(fisher_z(rho)) + half * np.array([-1.0, 1.0]))
    low, high = (float(corrected(end, reliability)) for end in ends)
    return Interval(low, high)


def corrected(rho: float, reliability: float) -> float:
    """A correlation as it would be without error; NaN where nothing is reliable."""
    if not reliability > 0:
        return float("nan")
    return float(np.clip(rho / np.sqrt(reliability), -1, 1))


def difference_interval(
    first: tuple[float, Interval], second: tuple[float, Interval], between: float
) -> Interval:
    """The 95 % interval of rho_1 - rho_2, of two correlations with a variable that they share.

    Zou (2007), from the interval of each, which need not be symmetric. `between` is the correlation
    of the two variables that they do not share.
    """
    (one, of_one), (two, of_two) = first, second
    shared = _overlap(one, two, between)
    low = one - two - _arm(one - of_one.low, of_two.high - two, shared)
    high = one - two + _arm(of_one.high - one, two - of_two.low, shared)
    return Interval(float(low), float(high))


def _arm(one: float, two: float, shared: float) -> float:
    return float(np.sqrt(max(one**2 + two**2 - 2 * shared * one * two, 0.0)))


def _overlap(one: float, two: float, between: float) -> float:
    """The correlation of two sample correlations with a common variable (Pearson, Filon 1898)."""
    one, two, between = (float(np.clip(r, -_MOST, _MOST)) for r in (one, two, between))
    rest = 1 - one**2 - two**2 - between**2
    covariance = (between - one * two / 2) * rest + between**3
    return float(np.clip(covariance / ((1 - one**2) * (1 - two**2)), -_MOST, _MOST))
