"""Differences of two means over the same units, with intervals: the pairs are resampled together.

Units that differ much in level, such as images, then widen no interval: only their differences do.
"""

from typing import NamedTuple

import numpy as np

from asymmetry.stats.arrays import Array, Integers
from asymmetry.stats.intervals import interval


class PairedDifference(NamedTuple):
    """A mean difference with its 95 % interval, over `n` units; NaN where there is none."""

    value: float
    low: float
    high: float
    n: int


def paired_difference(one: Array, other: Array, counts: Integers) -> PairedDifference:
    """The mean of `one` - `other` [units], by the percentile bootstrap (Efron 1979) over the units.

    `counts` [draws, units]: how often each draw holds each unit (`resampled_counts`). Units of
    which one value is NaN do not count. Fewer than two units have no interval.
    """
    known = np.isfinite(one - other)
    difference, weights = (one - other)[known], counts[:, known].astype(float)
    n = int(known.sum())
    if not n:
        return PairedDifference(np.nan, np.nan, np.nan, 0)
    mass = weights.sum(1)
    total = weights @ difference
    draws = np.divide(total, mass, out=np.full(len(mass), np.nan), where=mass > 0)
    ends = interval(draws) if n > 1 else (np.nan, np.nan)
    return PairedDifference(float(difference.mean()), float(ends[0]), float(ends[1]), n)
