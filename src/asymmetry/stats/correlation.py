"""Correlations of predictions with scores, signed: a good metric gives a positive number.

The caller orients both predictions and scores so that higher is better. Nothing here takes an
absolute value. A correlation of constant or non-finite values is undefined: NaN.
"""

import math
from collections.abc import Sequence
from dataclasses import dataclass
from itertools import product

import numpy as np
import scipy
from numpy.typing import ArrayLike

from asymmetry.core.randomness import draws
from asymmetry.stats.arrays import Array, Integers
from asymmetry.stats.intervals import ROUNDED_ENDS, interval
from asymmetry.stats.resampled_correlation import resampled_krcc, resampled_plcc, resampled_srcc
from asymmetry.stats.resampling import resampled_cluster_counts

STATISTICS = ("srcc", "plcc", "plcc_logistic", "krcc")
OK = "ok"
# In standard deviations of the predictions: from a step to a straight line.
_LOG_WIDTHS = (-3.0, 4.0)
_LARGEST = 1 - 1e-6  # atanh(1) is infinite


class FitError(ValueError):
    """The logistic could not be fitted; the message is the reason."""


@dataclass(frozen=True)
class Correlation:
    """A correlation over n images with its 95 % interval; NaN where `status` is not "ok"."""

    statistic: str
    value: float
    low: float
    high: float
    n: int
    status: str


def srcc(predicted: Array, scores: Array) -> float:
    """Spearman's rank correlation of two vectors [n]; NaN if undefined.

    Tied values have their mean rank.
    """
    return (
        float(scipy.stats.spearmanr(predicted, scores)[0])
        if _defined(predicted, scores)
        else math.nan
    )


def plcc(predicted: Array, scores: Array) -> float:
    """Pearson's linear correlation of two vectors [n]; NaN if undefined."""
    return (
        float(scipy.stats.pearsonr(predicted, scores)[0])
        if _defined(predicted, scores)
        else math.nan
    )


def krcc(predicted: Array, scores: Array) -> float:
    """Kendall's tau-b of two vectors [n]; NaN if undefined."""
    return (
        float(scipy.stats.kendalltau(predicted, scores)[0])
        if _defined(predicted, scores)
        else math.nan
    )


def plcc_logistic(predicted: Array, scores: Array) -> float:
    """Pearson's correlation after `logistic_map`; NaN if it is undefined or cannot be fitted.

    A falling curve gives a negative number: the map does not hide a metric of the wrong direction.
    """
    try:
        return plcc(logistic_map(predicted, scores), scores)
    except FitError:
        return math.nan


def logistic_map(predicted: Array, scores: Array) -> Array:
    """Predictions [n] through a monotone logistic of four parameters that is fitted to the scores.

    It is the fit before the PLCC of VQEG (2003) and of Sheikh, Sabir and Bovik (2006):
    f(x) = low + rise / (1 + exp(-(x - middle) / width)), width > 0. The result is the rising curve
    1 / (1 + exp(..)), which is f but for a scale and a shift: they change no correlation. Where the
    best f falls (rise < 0), the correlation is negative.

    Raises FitError where there are too few images or constant values, and where the fit does not
    converge.
    """
    if len(scores) < 5:
        raise FitError(f"a logistic of four parameters needs five images, not {len(scores)}")
    if not _defined(predicted, scores):
        raise FitError("constant or non-finite values")
    x, y = scipy.stats.zscore(predicted), scipy.stats.zscore(scores)
    # Only middle and width are searched. Low and rise follow by linear least squares.
    bounds = [x.min() - 1, _LOG_WIDTHS[0]], [x.max() + 1, _LOG_WIDTHS[-1]]
    try:
        (middle, log_width), _ = scipy.optimize.curve_fit(
            lambda x, *shape: _projection(x, y, *shape),
            x,
            y,
            _start(x, y),
            bounds=bounds,
            method="dogbox",
            max_nfev=2000,
        )
    except RuntimeError as error:
        raise FitError("the least squares did not converge") from error
    return _sigmoid(x, middle, log_width)


def fisher_z(correlation: ArrayLike) -> Array:
    """Fisher's z of correlations, atanh; finite also for a perfect correlation."""
    values = np.asarray(correlation, dtype=float)
    return np.asarray(np.arctanh(np.clip(values, -_LARGEST, _LARGEST)))


def correlate(
    predicted: Array,
    scores: Array,
    contents: Sequence[str],
    resamples: int,
    statistics: Sequence[str] = STATISTICS,
) -> list[Correlation]:
    """Each statistic of predictions and scores [n] with its 95 % percentile interval.

    `contents` [n] name what each image shows. The interval is from `resamples` draws of contents,
    and of images within each drawn content; all metrics of a set have the same draws. A single
    content gives no interval. The curve of `plcc_logistic` is fitted once, not in each draw: the
    interval is that of the correlation, not of the fit.
    """
    counts = resampled_cluster_counts(draws(0, "bootstrap"), contents, resamples)
    return [_correlation(name, predicted, scores, counts) for name in statistics]


def _correlation(name: str, predicted: Array, scores: Array, counts: Integers) -> Correlation:
    n = len(scores)
    infinite = n - int(np.isfinite(predicted).sum())
    if infinite:
        return _undefined(name, n, f"failed: {infinite} of {n} values are not finite")
    if not _defined(predicted, scores):
        return _undefined(name, n, "failed: constant values")
    if name == "plcc_logistic":
        try:
            predicted = logistic_map(predicted, scores)
        except FitError as error:
            return _undefined(name, n, f"failed: {error}")
    point, resampled = _FUNCTIONS[name]
    value = point(predicted, scores)
    low, high = interval(resampled(predicted, scores, counts), ROUNDED_ENDS)
    return Correlation(name, value, low, high, n, OK)


def _undefined(name: str, n: int, reason: str) -> Correlation:
    return Correlation(name, math.nan, math.nan, math.nan, n, reason)


_FUNCTIONS = {
    "srcc": (srcc, resampled_srcc),
    "plcc": (plcc, resampled_plcc),
    "plcc_logistic": (plcc, resampled_plcc),
    "krcc": (krcc, resampled_krcc),
}


def _defined(predicted: Array, scores: Array) -> bool:
    pair = (np.asarray(predicted), np.asarray(scores))
    return len(scores) > 1 and all(np.isfinite(v).all() and np.ptp(v) > 0 for v in pair)


def _sigmoid(x: Array, middle: float, log_width: float) -> Array:
    return scipy.special.expit((x - middle) * math.exp(-log_width))


def _projection(x: Array, y: Array, middle: float, log_width: float) -> Array:
    """The logistic of this middle and width that is nearest to y, whose mean is 0."""
    shape = _sigmoid(x, middle, log_width)
    shape = shape - shape.mean()
    return (shape @ y / (shape @ shape)) * shape


def _start(x: Array, y: Array) -> tuple[float, float]:
    """The best of a coarse grid of middles and widths: a start that is not random."""
    grid = product(np.quantile(x, np.linspace(0.05, 0.95, 7)), np.linspace(*_LOG_WIDTHS, 8)[1:-1])
    return min(grid, key=lambda shape: float(np.square(_projection(x, y, *shape) - y).sum()))
