"""Contrasts: differences between settings whose trainings were repeated a few times only.

There are hundreds of images, but only two or three seeds, and a percentile interval over three
seeds is far too narrow. So the interval is Student's, with the degrees of freedom of the seeds and
the images (Satterthwaite 1946). Its standard error is that of the bootstrap, corrected for the few
seeds: the variance of a bootstrap over n is too small by (n - 1) / n (Hesterberg 2015). With two
seeds even this interval is too narrow, since they are often close to each other by chance.
"""

from dataclasses import dataclass

import numpy as np
from scipy import stats

from asymmetry.analysis.effect import Effects
from asymmetry.stats.arrays import Array
from asymmetry.stats.intervals import bootstrap_error, t_quantile
from asymmetry.stats.power import power_of_estimate

FEWEST_SEEDS = 3


@dataclass(frozen=True)
class Contrast:
    """A difference with its 95 % interval, and p if it were zero; NaN, but the value, of few seeds.

    `seeds` is their number. `error` is the standard error, with its `degrees_of_freedom`.
    """

    value: float
    low: float
    high: float
    p: float
    seeds: int
    error: float
    degrees_of_freedom: float

    def power(self, effect: float) -> float:
        """The chance that a difference of this size is found at p ≤ 0.05."""
        return power_of_estimate(effect, self.error, self.degrees_of_freedom)


def contrast(effects: Effects, terms: Array, sides: Array) -> Contrast:
    """The mean of the terms of side 1, minus that of the terms of side -1.

    `terms` [terms, settings] are weights of the settings' effects; `sides` [terms] is 1 or -1.
    A term without a value in a draw or for a seed does not count there.
    """
    value = _difference(terms @ np.nan_to_num(effects.settings["value"].to_numpy())[:, None], sides)
    by_seed = _difference(_applied(terms, effects.by_seed), sides)
    draws = _difference(_applied(terms, effects.draws), sides)
    return contrast_of_draws(float(value[0]), draws, by_seed, effects.by_image.shape[1])


def contrast_of_draws(value: float, draws: Array, by_seed: Array, images: int) -> Contrast:
    """The contrast from its bootstrap draws [draws] and its value for each seed [seeds]."""
    by_seed = by_seed[np.isfinite(by_seed)]
    seeds = len(by_seed)
    if seeds < FEWEST_SEEDS or not np.isfinite(draws).any():
        return Contrast(value, *(np.nan,) * 3, seeds, np.nan, np.nan)
    of_seeds = by_seed.var(ddof=1) / seeds
    # The z-scores are anew in each draw, which may hide a part of the variance between the seeds.
    variance = max(bootstrap_error(draws) ** 2 + of_seeds / seeds, of_seeds, 1e-24)
    of_images = variance - of_seeds
    parts = of_seeds**2 / (seeds - 1) + of_images**2 / max(images - 1, 1)
    degrees_of_freedom = float(variance**2 / parts)
    error = float(np.sqrt(variance))
    half_width = t_quantile(degrees_of_freedom) * error
    p = float(2 * stats.t.sf(abs(value) / error, degrees_of_freedom))
    low, high = value - half_width, value + half_width
    return Contrast(value, low, high, p, seeds, error, degrees_of_freedom)


def enough_seeds(seeds: int) -> str:
    """Why so few seeds do not decide a claim; empty where there are enough."""
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


def _difference(terms: Array, sides: Array) -> Array:
    """Mean of the terms [terms, draws] on side 1 minus that on side -1; NaN where one has none."""
    total = np.zeros(terms.shape[1])
    for side in np.unique(sides):
        of_side = terms[sides == side]
        known = np.isfinite(of_side)
        count = known.sum(0)
        mean = np.divide(
            np.where(known, of_side, 0).sum(0),
            count,
            out=np.full(count.shape, np.nan),
            where=count > 0,
        )
        total += side * mean
    return total
