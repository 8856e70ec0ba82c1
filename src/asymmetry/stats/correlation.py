"""Correlations of predictions with scores, signed: a good metric gives a positive number.

Predictions and scores are both oriented so that higher is better before they come here; nothing
takes an absolute value. Where a correlation is undefined (constant or non-finite input) it is NaN.
"""

import math
from collections.abc import Sequence
from dataclasses import dataclass
from itertools import product

import numpy as np
from numpy.typing import NDArray
from scipy import optimize, special, stats

from asymmetry.stats.bootstrap import (
    interval,
    resampled_counts,
    resampled_krcc,
    resampled_plcc,
    resampled_srcc,
)

Values = NDArray[np.float64]

STATISTICS = ("srcc", "plcc", "plcc_logistic", "krcc")
OK = "ok"
# In standard deviations of the predictions: from a step to a straight line.
_LOG_WIDTHS = (-3.0, 4.0)


class FitError(ValueError):
    """The logistic could not be fitted; the message is the reason."""


@dataclass(frozen=True)
class Estimate:
    """A correlation over n images with its 95 % interval; NaN where `status` is not "ok"."""

    statistic: str
    value: float
    low: float
    high: float
    n: int
    status: str


def srcc(predicted: Values, scores: Values) -> float:
    """Spearman's rank correlation of two vectors [n], ties at their mean rank; NaN if undefined."""
    return float(stats.spearmanr(predicted, scores)[0]) if _defined(predicted, scores) else math.nan


def plcc(predicted: Values, scores: Values) -> float:
    """Pearson's linear correlation of two vectors [n]; NaN if undefined."""
    return float(stats.pearsonr(predicted, scores)[0]) if _defined(predicted, scores) else math.nan


def krcc(predicted: Values, scores: Values) -> float:
    """Kendall's tau-b of two vectors [n]; NaN if undefined."""
    return (
        float(stats.kendalltau(predicted, scores)[0]) if _defined(predicted, scores) else math.nan
    )


def plcc_logistic(predicted: Values, scores: Values) -> float:
    """Pearson's correlation after `logistic_map`; NaN if undefined or not fitted.

    A falling curve gives a negative number: the map never hides a metric of the wrong direction.
    """
    try:
        return plcc(logistic_map(predicted, scores), scores)
    except FitError:
        return math.nan


def logistic_map(predicted: Values, scores: Values) -> Values:
    """Predictions [n] through the monotone logistic of four parameters, fitted to the scores.

    VQEG (2003); the fit that Sheikh, Sabir and Bovik (2006) precede their PLCC with:
    f(x) = low + rise / (1 + exp(-(x - middle) / width)), width > 0. The result is the rising curve
    1 / (1 + exp(..)): f up to a scale and a shift that no correlation sees. Where the best f falls
    (rise < 0) the correlation is negative.

    Raises FitError where there are too few images, constant input or no convergence.
    """
    if len(scores) < 5:
        raise FitError(f"a logistic of four parameters needs five images, not {len(scores)}")
    if not _defined(predicted, scores):
        raise FitError("constant or non-finite values")
    x, y = stats.zscore(predicted), stats.zscore(scores)
    # Only middle and width are searched: low and rise follow from them by linear least squares.
    bounds = [x.min() - 1, _LOG_WIDTHS[0]], [x.max() + 1, _LOG_WIDTHS[-1]]
    try:
        (middle, log_width), _ = optimize.curve_fit(
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


def correlate(
    predicted: Values,
    scores: Values,
    groups: Sequence[str],
    draws: int,
    statistics: Sequence[str] = STATISTICS,
) -> list[Estimate]:
    """Each statistic of predictions and scores [n] with its 95 % percentile interval.

    The interval comes from `draws` samples of the contents named in `groups`, then of their
    images; all metrics of a set meet the same samples. That of `plcc_logistic` holds the fitted
    curve fixed: it is of the correlation, not of the fit. A single content gives no interval.
    """
    counts = resampled_counts(groups, draws)
    return [_estimate(name, predicted, scores, counts) for name in statistics]


def _estimate(name: str, predicted: Values, scores: Values, counts: Values) -> Estimate:
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
    low, high = interval(resampled(predicted, scores, counts))
    return Estimate(name, value, low, high, n, OK)


def _undefined(name: str, n: int, reason: str) -> Estimate:
    return Estimate(name, math.nan, math.nan, math.nan, n, reason)


_FUNCTIONS = {
    "srcc": (srcc, resampled_srcc),
    "plcc": (plcc, resampled_plcc),
    "plcc_logistic": (plcc, resampled_plcc),
    "krcc": (krcc, resampled_krcc),
}


def _defined(predicted: Values, scores: Values) -> bool:
    pair = (np.asarray(predicted), np.asarray(scores))
    return len(scores) > 1 and all(np.isfinite(v).all() and np.ptp(v) > 0 for v in pair)


def _sigmoid(x: Values, middle: float, log_width: float) -> Values:
    return special.expit((x - middle) * math.exp(-log_width))


def _projection(x: Values, y: Values, middle: float, log_width: float) -> Values:
    """The logistic of this middle and width that is nearest to y (whose mean is 0)."""
    shape = _sigmoid(x, middle, log_width)
    shape = shape - shape.mean()
    return (shape @ y / (shape @ shape)) * shape


def _start(x: Values, y: Values) -> tuple[float, float]:
    """The best of a coarse grid of middles and widths: no start of the search depends on luck."""
    grid = product(np.quantile(x, np.linspace(0.05, 0.95, 7)), np.linspace(*_LOG_WIDTHS, 8)[1:-1])
    return min(grid, key=lambda shape: float(np.square(_projection(x, y, *shape) - y).sum()))
