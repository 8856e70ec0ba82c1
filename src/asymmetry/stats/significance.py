"""Significance: p-values from bootstrap draws, and Holm's correction for several tests."""

from collections.abc import Sequence

import numpy as np

from asymmetry.stats.arrays import Array

ALPHA = 0.05


def bootstrap_p(draws: Array) -> float:
    """Two-sided p of the hypothesis that a statistic is zero, from its draws [draws].

    Twice the share of draws on the rarer side of zero, which counts one draw more than there are:
    p is never zero. NaN without finite draws.
    """
    draws = draws[np.isfinite(draws)]
    if not len(draws):
        return float("nan")
    tail = min((draws <= 0).sum(), (draws >= 0).sum())
    return float(min(1.0, 2 * (tail + 1) / (len(draws) + 1)))


def holm(p: Sequence[float]) -> list[float]:
    """The p-values of a family of tests, adjusted for their number (Holm 1979).

    A NaN stays NaN and does not count as a test.

    >>> holm([0.01, 0.04, 0.03])
    [0.03, 0.06, 0.06]
    """
    values = np.asarray(p, dtype=float)
    order = np.argsort(values, kind="stable")[: int(np.isfinite(values).sum())]
    steps = values[order] * np.arange(len(order), 0, -1)
    adjusted = values.copy()
    adjusted[order] = np.minimum(np.maximum.accumulate(steps), 1)
    return [float(value) for value in adjusted]
