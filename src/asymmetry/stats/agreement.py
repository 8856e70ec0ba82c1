"""Agreement: Kendall's W of raters, the heterogeneity I² of studies, and how many signs agree."""

from dataclasses import dataclass

import numpy as np
import scipy

from asymmetry.stats.arrays import Array
from asymmetry.stats.intervals import LEVEL, NORMAL_QUANTILE


def kendall_w(values: Array) -> Array:
    """Kendall's coefficient of concordance W [...] of values [..., raters, items], 0 to 1.

    With the correction for ties (Kendall and Babington Smith 1939). At 1 all raters rank the items
    alike. NaN where a value is not finite, or where every rater finds all items equal.
    """
    raters, items = values.shape[-2:]
    ranks = scipy.stats.rankdata(values, axis=-1, nan_policy="propagate")
    squares = ((ranks.sum(-2) - raters * (items + 1) / 2) ** 2).sum(-1)
    # Ties make the variance of a rater's ranks smaller: it is (n³ - n - Σ(t³ - t)) / 12.
    untied = ((ranks - (items + 1) / 2) ** 2).sum((-1, -2))
    return np.divide(squares, raters * untied, out=np.full_like(squares, np.nan), where=untied > 0)


def concordance_p(w: float, raters: int, items: int) -> float:
    """p of W if raters do not agree: raters (items - 1) W is chi-square (Friedman 1937)."""
    return float(scipy.stats.chi2.sf(raters * (items - 1) * w, items - 1))


@dataclass(frozen=True)
class Heterogeneity:
    """I², the share of the variation between studies that is not chance, with its 95 % interval.

    `mean` is the fixed-effect mean. `p` is that of Cochran's Q, if all studies estimate one value.
    """

    i2: float
    low: float
    high: float
    p: float
    mean: float


def heterogeneity(values: Array, errors: Array) -> Heterogeneity:
    """I² of two or more estimates [studies] with their standard errors [studies].

    Higgins and Thompson (2002): Q = Σ w (x - mean)² with w = 1 / error², and I² = 1 - (k - 1) / Q,
    but not below 0. The interval is their test-based one on log H, where H² = Q / (k - 1). It is
    NaN for two studies that agree.
    """
    weights = 1 / errors**2
    mean = float((weights * values).sum() / weights.sum())
    q, degrees_of_freedom = float((weights * (values - mean) ** 2).sum()), len(values) - 1
    half_width = NORMAL_QUANTILE * _error_of_log_h(q, len(values))
    log_h = 0.5 * np.log(max(q / degrees_of_freedom, 1.0))
    low, high = (
        float(1 - np.exp(-2 * max(end, 0.0))) if np.isfinite(end) else np.nan
        for end in (log_h - half_width, log_h + half_width)
    )
    i2 = max(0.0, 1 - degrees_of_freedom / q) if q > 0 else 0.0
    return Heterogeneity(i2, low, high, float(scipy.stats.chi2.sf(q, degrees_of_freedom)), mean)


def _error_of_log_h(q: float, count: int) -> float:
    """The standard error of log H (Higgins and Thompson 2002)."""
    if q > count:
        return float(0.5 * np.log(q / (count - 1)) / (np.sqrt(2 * q) - np.sqrt(2 * count - 3)))
    if count < 3:
        return float("nan")
    return float(np.sqrt(1 / (2 * (count - 2)) * (1 - 1 / (3 * (count - 2) ** 2))))


def sign_agreement(values: Array, sign: float) -> tuple[int, float, float, float]:
    """How many values have this sign; exact 95 % interval of their share; p of the sign test."""
    count = int((np.sign(values) == np.sign(sign)).sum())
    test = scipy.stats.binomtest(count, len(values))
    ends = test.proportion_ci(LEVEL)
    return count, float(ends.low), float(ends.high), float(test.pvalue)
