"""Bootstrap by content. A resample is a vector of counts: all of them are computed at once."""

from collections.abc import Sequence

import numpy as np
from numpy.typing import NDArray

from asymmetry.core.randomness import draws as counted_draws

Values = NDArray[np.float64]

_BLOCK = 1024  # rows of the pairs' matrix held at a time


def resampled_counts(groups: Sequence[str], draws: int, seed: int = 0) -> Values:
    """How often each image stands in each resample: [draws, n].

    Contents are drawn with replacement, then, with replacement, the images of each drawn content:
    the content is the unit, and the interval is on the careful side (Davison and Hinkley 1997,
    section 3.8). No rows (hence no interval) where there is a single content.
    """
    names, member = np.unique(np.asarray(groups), return_inverse=True)
    counts = np.zeros((draws if len(names) > 1 else 0, len(groups)))
    rng = counted_draws(seed, "bootstrap")
    drawn = rng.multinomial(len(names), np.full(len(names), 1 / len(names)), size=len(counts))
    for group in range(len(names)):
        images = np.flatnonzero(member == group)
        size = len(images)
        counts[:, images] = rng.multinomial(drawn[:, group] * size, np.full(size, 1 / size))
    return counts


def interval(values: Values, level: float = 0.95) -> tuple[float, float]:
    """The percentile interval of resampled values that are defined; NaN where none is."""
    finite = values[np.isfinite(values)]
    if not len(finite):
        return float("nan"), float("nan")
    low, high = np.quantile(finite, [(1 - level) / 2, (1 + level) / 2])
    return float(low), float(high)


def resampled_plcc(x: Values, y: Values, counts: Values) -> Values:
    """Pearson's correlation in each resample: x, y [n] and counts [draws, n] to [draws]."""
    return _pearson((x - x.mean()) / x.std(), (y - y.mean()) / y.std(), counts)


def resampled_srcc(x: Values, y: Values, counts: Values) -> Values:
    """Spearman's correlation in each resample: Pearson's of the mid-ranks there."""
    return _pearson(_ranks(x, counts), _ranks(y, counts), counts)


def resampled_krcc(x: Values, y: Values, counts: Values) -> Values:
    """Kendall's tau-b in each resample: with counts w, (w' C w) / sqrt((w' X w) (w' Y w)).

    C holds sign(dx dy) of all pairs, X and Y whether a pair differs in x and in y.
    """
    concordance = np.zeros(len(counts))
    for start in range(0, len(x), _BLOCK):
        rows = slice(start, start + _BLOCK)
        pairs = np.sign(x[rows, None] - x) * np.sign(y[rows, None] - y)
        concordance += (counts[:, rows] * (counts @ pairs.T)).sum(axis=1)
    with np.errstate(divide="ignore", invalid="ignore"):
        return concordance / np.sqrt(_untied_pairs(x, counts) * _untied_pairs(y, counts))


def _pearson(x: Values, y: Values, counts: Values) -> Values:
    size = counts.sum(axis=1, keepdims=True)
    x = x - (counts * x).sum(axis=1, keepdims=True) / size
    y = y - (counts * y).sum(axis=1, keepdims=True) / size
    variances = (counts * x * x).sum(axis=1) * (counts * y * y).sum(axis=1)
    with np.errstate(divide="ignore", invalid="ignore"):
        value = (counts * x * y).sum(axis=1) / np.sqrt(variances)
    # A resample of equal values has a variance of rounding errors only.
    return np.where(variances > 1e-20, value, np.nan)


def _tied(x: Values, counts: Values) -> tuple[Values, NDArray[np.intp]]:
    """The counts of each distinct value, ascending, [draws, distinct], and each image's value."""
    distinct, place = np.unique(x, return_inverse=True)
    sums = np.zeros((len(counts), len(distinct)))
    np.add.at(sums.T, place, counts.T)
    return sums, place


def _ranks(x: Values, counts: Values) -> Values:
    sums, place = _tied(x, counts)
    return (np.cumsum(sums, axis=1) - sums / 2)[:, place]


def _untied_pairs(x: Values, counts: Values) -> Values:
    sums, _ = _tied(x, counts)
    return np.square(counts.sum(axis=1)) - np.square(sums).sum(axis=1)
