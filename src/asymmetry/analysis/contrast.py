"""Differences between settings: estimates whose trainings were repeated a few times only.

Images come by the hundred, seeds by twos and threes: a percentile interval over three seeds is far
too narrow. So the width of the interval is Student's, at the degrees of freedom that the seeds and
the images give (Satterthwaite 1946), around the standard deviation of the bootstrap's draws, which
is first corrected for the few seeds (Hesterberg 2015: the variance of a bootstrap over n is too
small by (n - 1) / n). Of two seeds even that is too narrow: by chance they lie together too often.
"""

from dataclasses import dataclass

import numpy as np
from scipy import stats

from asymmetry.analysis.effect import Effects
from asymmetry.stats.intervals import ALPHA, Array, power_at, spread

FEWEST_SEEDS = 3


@dataclass(frozen=True)
class Estimate:
    """A value with its 95 % interval and p of zero; NaN, but the value, of too few seeds.

    `seeds`: how many there are; `error` and `freedom`: the standard error and its degrees of
    freedom.
    """

    value: float
    low: float
    high: float
    p: float
    seeds: int
    error: float
    freedom: float

    def power(self, effect: float) -> float:
        """The chance that an effect of this size is found at p ≤ 0.05."""
        return power_at(effect, self.error, self.freedom)


def contrast(effects: Effects, terms: Array, sides: Array) -> Estimate:
    """The mean of the terms of side 1, minus that of the terms of side -1.

    `terms` [terms, settings] are weights of the settings' effects; `sides` [terms] is 1 or -1.
    A term without a value in a draw or for a seed does not count there.
    """
    value = _sides(terms @ np.nan_to_num(effects.settings["value"].to_numpy())[:, None], sides)
    by_seed = _sides(_applied(terms, effects.by_seed), sides)
    draws = _sides(_applied(terms, effects.draws), sides)
    return few_seeds(float(value[0]), draws, by_seed, effects.by_image.shape[1])


def few_seeds(value: float, draws: Array, by_seed: Array, images: int) -> Estimate:
    """The estimate from its draws [draws], its value for each seed [seeds] and its images."""
    by_seed = by_seed[np.isfinite(by_seed)]
    seeds = len(by_seed)
    if seeds < FEWEST_SEEDS or not np.isfinite(draws).any():
        return Estimate(value, *(np.nan,) * 3, seeds, np.nan, np.nan)
    of_seeds = by_seed.var(ddof=1) / seeds
    # Each draw is z-scored anew, which may hide a part of the variance between the seeds.
    total = max(spread(draws) ** 2 + of_seeds / seeds, of_seeds, 1e-24)
    of_images = total - of_seeds
    parts = of_seeds**2 / (seeds - 1) + of_images**2 / max(images - 1, 1)
    freedom = total**2 / parts
    error = float(np.sqrt(total))
    reach = float(stats.t.ppf(1 - ALPHA / 2, freedom)) * error
    p = float(2 * stats.t.sf(abs(value) / error, freedom))
    return Estimate(value, value - reach, value + reach, p, seeds, error, float(freedom))


def enough_seeds(seeds: int) -> str:
    """Why so few seeds decide nothing; empty where there are enough."""
    if seeds >= FEWEST_SEEDS:
        return ""
    words = "One seed" if seeds == 1 else f"{seeds} seeds"
    return (
        f"{words}: how much trainings differ by chance is not known; {FEWEST_SEEDS} are the least."
    )


def _applied(terms: Array, values: Array) -> Array:
    """Terms of values [settings, draws]; NaN where a setting of a term has no value."""
    lacking = (terms != 0).astype(float) @ np.isnan(values).astype(float)
    return np.where(lacking > 0, np.nan, terms @ np.nan_to_num(values))


def _sides(terms: Array, sides: Array) -> Array:
    """Mean of the terms [terms, draws] on side 1 minus that on side -1; NaN where one has none."""
    total = np.zeros(terms.shape[1])
    for side in np.unique(sides):
        own = terms[sides == side]
        known = np.isfinite(own)
        count = known.sum(0)
        mean = np.divide(
            np.where(known, own, 0).sum(0), count, out=np.full(count.shape, np.nan), where=count > 0
        )
        total += side * mean
    return total
