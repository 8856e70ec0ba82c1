"""Power: the chance that a test of level 0.05 finds an effect that is there."""

from functools import cache

import numpy as np
from scipy import special

from asymmetry.core.randomness import draws
from asymmetry.stats.intervals import t_quantile
from asymmetry.stats.rank_correlation import SAME_RHO, critical_rho, spearman

_SAMPLES = 10_000


def power_of_estimate(effect: float, error: float, degrees_of_freedom: float = np.inf) -> float:
    """The power for an effect that is estimated with this standard error; two-sided.

    The critical value is Student's t, which is normal by default. NaN where the error is zero or
    not known.

    >>> round(power_of_estimate(2.8, 1.0), 2)
    0.8
    """
    if not np.isfinite(error) or error <= 0:
        return float("nan")
    critical = t_quantile(degrees_of_freedom)
    size = abs(effect) / error
    return float(special.ndtr(size - critical) + special.ndtr(-size - critical))


@cache
def power_of_spearman(count: int, rho: float) -> float:
    """The power for a true Spearman's `rho` of `count` pairs; two-sided.

    From 10,000 simulated samples of a bivariate normal, whose Pearson correlation is then
    2 sin(pi rho / 6) (Pearson 1907). 0 where no rank correlation can be significant.
    """
    critical = critical_rho(count)
    if not np.isfinite(critical):
        return 0.0
    r = 2 * np.sin(np.pi * rho / 6)
    first, other = draws(0, "power", step=count).standard_normal((2, _SAMPLES, count))
    found = spearman(first, r * first + np.sqrt(1 - r**2) * other)
    return float((np.abs(found) >= critical - SAME_RHO).mean())
