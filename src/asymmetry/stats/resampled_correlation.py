"""Correlations in bootstrap resamples, of all resamples at once.

A resample is a row of counts [n]: how often it draws each image.
"""

import numpy as np

from asymmetry.stats.arrays import Array, Integers

_BLOCK = 1024  # rows of the matrix of pairs that are in memory at a time


def resampled_plcc(x: Array, y: Array, counts: Integers) -> Array:
    """Pearson's correlation of x and y [n] in each resample: counts [resamples, n] to [resamples].

    NaN where a side is constant.
    """
    return _pearson((x - x.mean()) / x.std(), (y - y.mean()) / y.std(), counts)


def resampled_srcc(x: Array, y: Array, counts: Integers) -> Array:
    """Spearman's correlation in each resample: Pearson's of the mean ranks there."""
    return _pearson(_ranks(x, counts), _ranks(y, counts), counts)


def resampled_krcc(x: Array, y: Array, counts: Integers) -> Array:
    """Kendall's tau-b in each resample: with counts w, (w' C w) / sqrt((w' X w) (w' Y w)).

    C holds sign(dx dy) of all pairs; X and Y hold whether a pair differs in x and in y.
    """
    concordance = np.zeros(len(counts))
    for start in range(0, len(x), _BLOCK):
        rows = slice(start, start + _BLOCK)
        pairs = np.sign(x[rows, None] - x) * np.sign(y[rows, None] - y)
        concordance += (counts[:, rows] * (counts @ pairs.T)).sum(axis=1)
    with np.errstate(divide="ignore", invalid="ignore"):
        return concordance / np.sqrt(_untied_pairs(x, counts) * _untied_pairs(y, counts))


def _pearson(x: Array, y: Array, counts: Integers) -> Array:
    size = counts.sum(axis=1, keepdims=True)
    x = x - (counts * x).sum(axis=1, keepdims=True) / size
    y = y - (counts * y).sum(axis=1, keepdims=True) / size
    variances = (counts * x * x).sum(axis=1) * (counts * y * y).sum(axis=1)
    with np.errstate(divide="ignore", invalid="ignore"):
        value = (counts * x * y).sum(axis=1) / np.sqrt(variances)
    # The variance of equal values is a rounding error, not zero.
    return np.where(variances > 1e-20, value, np.nan)


def _counts_of_values(x: Array, counts: Integers) -> tuple[Integers, Integers]:
    """How often each distinct value, ascending, is drawn [resamples, distinct]; and its indices.

    The indices [n] say which distinct value each image has.
    """
    distinct, indices = np.unique(x, return_inverse=True)
    sums = np.zeros((len(counts), len(distinct)), dtype=np.int64)
    np.add.at(sums.T, indices, counts.T)
    return sums, indices


def _ranks(x: Array, counts: Integers) -> Array:
    sums, indices = _counts_of_values(x, counts)
    return (np.cumsum(sums, axis=1) - sums / 2)[:, indices]


def _untied_pairs(x: Array, counts: Integers) -> Array:
    sums, _ = _counts_of_values(x, counts)
    return np.square(counts.sum(axis=1)) - np.square(sums).sum(axis=1)
