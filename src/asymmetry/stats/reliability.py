"""Reliability: whether several judges see one thing, and how much of a difference is error."""

from dataclasses import dataclass

import numpy as np
import scipy

from asymmetry.stats.arrays import Array
from asymmetry.stats.intervals import ENDS


@dataclass(frozen=True)
class Reliability:
    """How alike judges see items.

    `alpha` is Cronbach's (1951), standardised, with its 95 % interval `low`, `high`. `first_share`
    is the share of the first eigenvalue of the judges' correlation matrix, and `effective` their
    effective number, (sum of the eigenvalues)^2 / (sum of their squares): 1 where all see the same,
    the number of judges where none agree. All NaN of fewer than two judges or three items.
    """

    alpha: float
    low: float
    high: float
    first_share: float
    effective: float


def reliability(values: Array) -> Reliability:
    """The reliability of the mean of judges: values [judges, items], NaN where one has none.

    Correlations are over the items that both judges have. The interval is Feldt's (1965): in it,
    (1 - alpha) over its true value has an F distribution, of normal scores.
    """
    judges, items = values.shape
    if judges < 2 or items < 3:
        return Reliability(*(np.nan,) * 5)
    correlations = _correlations(values)
    mean = (correlations.sum() - judges) / (judges * (judges - 1))
    alpha = judges * mean / (1 + (judges - 1) * mean) if mean > -1 / (judges - 1) else -np.inf
    freedom = items - 1, (items - 1) * (judges - 1)
    low, high = (float(1 - (1 - alpha) * scipy.stats.f.ppf(end, *freedom)) for end in ENDS[::-1])
    eigenvalues = np.linalg.eigvalsh(correlations)
    return Reliability(
        float(alpha),
        low,
        high,
        float(eigenvalues[-1] / judges),
        float(judges**2 / np.square(eigenvalues).sum()),
    )


def _correlations(values: Array) -> Array:
    """Pearson's correlations [judges, judges]; 0 with a judge that sees all items alike."""
    found = np.eye(len(values))
    known = np.isfinite(values)
    for one in range(len(values)):
        for other in range(one):
            both = known[one] & known[other]
            pair = values[[one, other]][:, both]
            if both.sum() > 2 and (pair.std(axis=1) > 0).all():
                found[one, other] = found[other, one] = np.atleast_2d(np.corrcoef(pair))[0, 1]
    return found


def share_of_truth(values: Array, errors: Array) -> float:
    """The share of the variance of values [n] that is not error, 0 to 1; `errors` [n] are standard.

    NaN where an error is not known, or of fewer than two values.
    """
    if len(values) < 2 or not np.isfinite(errors).all():
        return float("nan")
    variance = max(float(values.var(ddof=1)), 1e-24)
    return float(np.clip(1 - np.square(errors).mean() / variance, 0, 1))
