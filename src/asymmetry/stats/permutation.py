"""Spearman's rank correlation with an exact permutation test."""

from functools import cache
from itertools import permutations

import numpy as np
from numpy.typing import NDArray
from scipy import stats

from asymmetry.core.randomness import draws

EXACT_UP_TO = 8  # 8! = 40,320 orders; beyond, a counted sample of them
_SAMPLED = 10_000
_SAME = 1e-9  # two correlations closer than this are one value, rounded differently


def spearman(first: NDArray[np.float64], second: NDArray[np.float64]) -> NDArray[np.float64]:
    """Spearman's rho along the last axis, ties at their mean rank; NaN where a side is constant."""
    a, b = _standardised(first), _standardised(second)
    return np.clip((a * b).sum(-1), -1, 1)


def permutation_p(first: NDArray[np.float64], second: NDArray[np.float64]) -> float:
    """Two-sided p of rho [n] against no relation: exact for n up to 8, else 10,000 counted draws.

    NaN where rho is.
    """
    rho = spearman(first, second)
    if not np.isfinite(rho):
        return float("nan")
    a, b = _standardised(first), _standardised(second)
    count = len(a)
    null = np.abs(b[_orders(count)] @ a)
    as_extreme = int((null >= abs(rho) - _SAME).sum())
    # The order that was observed is one of all orders; a sample of them must add it.
    return as_extreme / len(null) if count <= EXACT_UP_TO else (as_extreme + 1) / (len(null) + 1)


def critical_rho(count: int, level: float = 0.05) -> float:
    """The least |rho| with a two-sided p of at most `level` for `count` pairs without ties.

    Exact up to 8, by Student's t beyond; infinite where no rho is enough (`count` below 5).

    >>> round(critical_rho(7), 3)
    0.786
    """
    if count < 3:
        return float("inf")
    if count > EXACT_UP_TO:
        t = stats.t.ppf(1 - level / 2, count - 2)
        return float(t / np.sqrt(count - 2 + t**2))
    order = _standardised(np.arange(count, dtype=float))
    null = np.abs(order[_orders(count)] @ order)
    values = np.unique(null.round(9))
    enough = [value for value in values if (null >= value - _SAME).mean() <= level]
    return float(min(enough, default=np.inf))


@cache
def power_at_rho(count: int, rho: float, level: float = 0.05) -> float:
    """The chance that `count` pairs with Spearman's `rho` give a two-sided p of at most `level`.

    From 10,000 counted samples of a bivariate normal, whose Pearson correlation is then
    2 sin(pi rho / 6) (Pearson 1907). 0 where no rho is enough.
    """
    enough = critical_rho(count, level)
    if not np.isfinite(enough):
        return 0.0
    r = 2 * np.sin(np.pi * rho / 6)
    first, other = draws(0, "power", step=count).standard_normal((2, _SAMPLED, count))
    found = spearman(first, r * first + np.sqrt(1 - r**2) * other)
    return float((np.abs(found) >= enough - _SAME).mean())


@cache
def _orders(count: int) -> NDArray[np.int64]:
    """Orders of `count` items [orders, count]: all of them, or a sample."""
    if count <= EXACT_UP_TO:
        return np.array(list(permutations(range(count))))
    rows = np.tile(np.arange(count), (_SAMPLED, 1))
    return draws(0, "permutation", step=count).permuted(rows, axis=1)


def _standardised(values: NDArray[np.float64]) -> NDArray[np.float64]:
    """Ranks along the last axis, centred and of norm 1; NaN where all are equal."""
    ranks = stats.rankdata(values, axis=-1)
    centred = ranks - ranks.mean(-1, keepdims=True)
    norm = np.sqrt((centred**2).sum(-1, keepdims=True))
    return np.divide(centred, norm, out=np.full_like(centred, np.nan), where=norm > 0)
