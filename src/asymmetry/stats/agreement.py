"""How far raters, and how far studies, agree: Kendall's W, and the heterogeneity I²."""

from dataclasses import dataclass

import numpy as np
from scipy import stats

from asymmetry.stats.intervals import LEVEL, NORMAL, Array


def kendall_w(values: Array) -> Array:
    """Kendall's coefficient of concordance of values [..., raters, items], ties corrected.

    Kendall and Babington Smith (1939).

    1: all raters rank the items alike; 0: not at all. NaN of values that are not finite, and where
    every rater finds all items equal.
    """
    raters, items = values.shape[-2:]
    ranks = stats.rankdata(values, axis=-1, nan_policy="propagate")
    squares = ((ranks.sum(-2) - raters * (items + 1) / 2) ** 2).sum(-1)
    # The variance of a rater's ranks says how many ties there are: (n³ - n - Σ(t³ - t)) / 12.
    untied = ((ranks - (items + 1) / 2) ** 2).sum((-1, -2))
    return np.divide(squares, raters * untied, out=np.full_like(squares, np.nan), where=untied > 0)


def concordance_p(w: float, raters: int, items: int) -> float:
    """p of no agreement: raters (items - 1) W is chi-square of items - 1 degrees (Friedman)."""
    return float(stats.chi2.sf(raters * (items - 1) * w, items - 1))


@dataclass(frozen=True)
class Heterogeneity:
    """I², the share of the variation between studies that is not chance, with its 95 % interval.

    `mean`: the fixed-effect mean; `p` of Cochran's Q: that all studies estimate the same.
    """

    i2: float
    low: float
    high: float
    p: float
    mean: float


def heterogeneity(values: Array, errors: Array) -> Heterogeneity:
    """I² of two or more estimates [studies] with their standard errors.

    Higgins and Thompson (2002): Q = Σ w (x - mean)², w = 1 / error², I² = 1 - (k - 1) / Q, not
    below 0; the interval is the test-based one on log H, H² = Q / (k - 1), NaN for two studies
    that agree.
    """
    weights = 1 / errors**2
    mean = float((weights * values).sum() / weights.sum())
    q, freedom = float((weights * (values - mean) ** 2).sum()), len(values) - 1
    reach = NORMAL * _error_of_log_h(q, len(values))
    log_h = 0.5 * np.log(max(q / freedom, 1.0))
    low, high = (
        float(1 - np.exp(-2 * max(end, 0.0))) if np.isfinite(end) else np.nan
        for end in (log_h - reach, log_h + reach)
    )
    i2 = max(0.0, 1 - freedom / q) if q > 0 else 0.0
    return Heterogeneity(i2, low, high, float(stats.chi2.sf(q, freedom)), mean)


def _error_of_log_h(q: float, count: int) -> float:
    """The standard error of log H (Higgins and Thompson 2002)."""
    if q > count:
        return float(0.5 * np.log(q / (count - 1)) / (np.sqrt(2 * q) - np.sqrt(2 * count - 3)))
    if count < 3:
        return float("nan")
    return float(np.sqrt(1 / (2 * (count - 2)) * (1 - 1 / (3 * (count - 2) ** 2))))


def sign_agreement(values: Array, sign: float) -> tuple[int, float, float, float]:
    """How many values have this sign; exact 95 % interval of their share, and p of chance."""
    count = int((np.sign(values) == np.sign(sign)).sum())
    test = stats.binomtest(count, len(values))
    ends = test.proportion_ci(LEVEL / 100)
    return count, float(ends.low), float(ends.high), float(test.pvalue)
