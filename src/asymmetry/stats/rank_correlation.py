"""Spearman's rank correlation of many samples at once, with an exact permutation test."""

from functools import cache
from itertools import permutations

import numpy as np
import scipy

from asymmetry.core.randomness import draws
from asymmetry.stats.arrays import Array, Integers
from asymmetry.stats.intervals import t_quantile
from asymmetry.stats.significance import ALPHA

EXACT_UP_TO = 8  # pairs: 8! = 40,320 orders; of more pairs, a sample of the orders
SAME_RHO = 1e-9  # two correlations that differ by less are one value, rounded differently
_SAMPLED_ORDERS = 10_000


def spearman(first: Array, second: Array) -> Array:
    """Spearman's rho of two arrays [..., n] along the last axis; tied values have their mean rank.

    NaN where one side is constant.
    """
    a, b = _standardised(first), _standardised(second)
    return np.clip((a * b).sum(-1), -1, 1)


def disattenuated(rho: Array, reliability: float) -> Array:
    """Correlations as they would be if one side were measured without error (Spearman 1904).

    `reliability` is the share of that side's variance which is not error; of 0, all are NaN.
    """
    if reliability == 0:
        return np.full_like(rho, np.nan)
    return np.asarray(np.clip(rho / np.sqrt(reliability), -1, 1))


def permutation_p(first: Array, second: Array) -> float:
    """Two-sided p of rho of two vectors [n], if there is no relation; NaN where rho is.

    Exact for n up to 8, else from 10,000 counted draws of the order.
    """
    rho = spearman(first, second)
    if not np.isfinite(rho):
        return float("nan")
    a, b = _standardised(first), _standardised(second)
    count = len(a)
    null = np.abs(b[_orders(count)] @ a)
    as_extreme = int((null >= abs(rho) - SAME_RHO).sum())
    # All orders include the observed one; a sample of them must add it.
    return as_extreme / len(null) if count <= EXACT_UP_TO else (as_extreme + 1) / (len(null) + 1)


def critical_rho(count: int) -> float:
    """The smallest |rho| of `count` pairs without ties whose two-sided p is at most 0.05.

    Exact up to 8 pairs, by Student's t beyond. Infinite below 5 pairs, where no rho is significant.

    >>> round(critical_rho(7), 3)
    0.786
    """
    if count < 3:
        return float("inf")
    if count > EXACT_UP_TO:
        t = t_quantile(count - 2)
        return float(t / np.sqrt(count - 2 + t**2))
    order = _standardised(np.arange(count, dtype=float))
    null = np.abs(order[_orders(count)] @ order)
    values = np.unique(null.round(9))
    significant = [value for value in values if (null >= value - SAME_RHO).mean() <= ALPHA]
    return float(min(significant, default=np.inf))


@cache
def _orders(count: int) -> Integers:
    """Orders of `count` items [orders, count]: all of them, or a sample."""
    if count <= EXACT_UP_TO:
        return np.array(list(permutations(range(count))))
    rows = np.tile(np.arange(count), (_SAMPLED_ORDERS, 1))
    return draws(0, "permutation", step=count).permuted(rows, axis=1)


def _standardised(values: Array) -> Array:
    """Ranks along the last axis, centred and of norm 1; NaN where all are equal."""
    ranks = scipy.stats.rankdata(values, axis=-1)
    centred = ranks - ranks.mean(-1, keepdims=True)
    norm = np.sqrt((centred**2).sum(-1, keepdims=True))
    return np.divide(centred, norm, out=np.full_like(centred, np.nan), where=norm > 0)
