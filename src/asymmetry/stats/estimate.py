"""Means and differences of means with Student's intervals, over units and images.

A claim about trunks is tested over trunks, and one about losses over losses: the unit is what the
claim generalises over, and its single trainings are within. In a balanced layout the mean of the
units' means, with their standard error and one degree of freedom less than units, is what a linear
mixed model with the unit as random factor gives (REML, Satterthwaite; `tests/stats`). The images
are a second random factor, crossed with the units (the quasi-F of Clark 1973):
variance = s_unit^2 / units + max(0, s_image^2 / images - s_rest^2 / (units images)).
"""

from dataclasses import dataclass

import numpy as np
from scipy import special

from asymmetry.stats.arrays import Array, Integers
from asymmetry.stats.intervals import ENDS, Interval, t_quantile
from asymmetry.stats.power import power_of_estimate


@dataclass(frozen=True)
class Estimate:
    """A value with its 95 % interval, and p if the true value were zero; NaN where not known.

    `n` is the number of units; `error` is the standard error, with its `degrees_of_freedom`.
    """

    value: float
    error: float
    degrees_of_freedom: float
    n: int

    @property
    def _known(self) -> bool:
        return bool(self.error > 0 and self.degrees_of_freedom > 0)

    @property
    def low(self) -> float:
        """The lower end of the interval."""
        return self.value - self._half if self._known else float("nan")

    @property
    def high(self) -> float:
        """The upper end of the interval."""
        return self.value + self._half if self._known else float("nan")

    @property
    def p(self) -> float:
        """Two-sided."""
        if not self._known:
            return float("nan")
        return float(2 * special.stdtr(self.degrees_of_freedom, -abs(self.value) / self.error))

    @property
    def _half(self) -> float:
        return t_quantile(self.degrees_of_freedom) * self.error

    def simultaneous(self, tests: int) -> Interval:
        """The interval that holds for the most extreme of so many estimates, too (Bonferroni)."""
        if not self._known:
            return Interval(float("nan"), float("nan"))
        half = (
            float(special.stdtrit(self.degrees_of_freedom, 1 - (1 - ENDS[1]) / tests)) * self.error
        )
        return Interval(self.value - half, self.value + half)

    def power(self, effect: float) -> float:
        """The chance that a true value of this size is found at p ≤ 0.05."""
        if not self._known:
            return float("nan")
        return power_of_estimate(effect, self.error, self.degrees_of_freedom)

    def __sub__(self, other: "Estimate") -> "Estimate":
        """The difference of two independent estimates (Welch 1947)."""
        variances = self.error**2, other.error**2
        return Estimate(
            self.value - other.value,
            float(np.sqrt(sum(variances))),
            satterthwaite(variances, (self.degrees_of_freedom, other.degrees_of_freedom)),
            self.n + other.n,
        )


def satterthwaite(variances: tuple[float, ...], freedom: tuple[float, ...]) -> float:
    """The degrees of freedom of a sum of variances (Satterthwaite 1946); NaN where one is."""
    parts = sum(
        variance**2 / degrees
        for variance, degrees in zip(variances, freedom, strict=True)
        if variance > 0
    )
    total = sum(variances)
    return float(total**2 / parts) if parts > 0 and np.isfinite(total) else float("nan")


def unit_means(values: Array, units: Integers) -> Array:
    """The mean [units, images] of each unit's rows, of values [n, images], NaN where none is."""
    names, place = np.unique(units, return_inverse=True)
    known = np.isfinite(values)
    total, count = np.zeros((2, len(names), values.shape[1]))
    np.add.at(total, place, np.where(known, values, 0))
    np.add.at(count, place, known)
    return np.divide(total, count, out=np.full(total.shape, np.nan), where=count > 0)


def over_units(means: Array) -> Estimate:
    """The mean over units and images of means [units, images]; no error of a single unit."""
    filled = _filled(means)
    filled = filled[np.isfinite(filled).all(axis=1)]
    units, images = filled.shape
    if units < 2:
        return Estimate(float(filled.mean()) if units else np.nan, np.nan, np.nan, units)
    variances = _variances(filled)
    freedom = float(units - 1), float(max(images - 1, 1))
    # A variance of few images that is not there would add degrees of freedom that are not, either.
    larger = freedom[int(np.argmax(variances))]
    return Estimate(
        float(filled.mean()),
        float(np.sqrt(sum(variances))),
        min(satterthwaite(variances, freedom), larger),
        units,
    )


def over_replicates(values: Array, groups: Integers) -> Estimate:
    """The mean of the groups' means, of values [n, images]: the groups are fixed.

    What differs by chance is what differs within a group: trainings that were repeated. No error
    where nothing was repeated.
    """
    filled = _filled(values)
    kept = np.isfinite(filled).all(axis=1)
    filled, groups = filled[kept], groups[kept]
    if not len(filled):
        return Estimate(np.nan, np.nan, np.nan, 0)
    names, place, sizes = np.unique(groups, return_inverse=True, return_counts=True)
    means = unit_means(filled, groups)
    freedom = len(filled) - len(names)
    value = float(means.mean())
    if freedom < 1:
        return Estimate(value, np.nan, np.nan, len(filled))
    rest = filled - means[place]
    of_runs = float(np.square(rest.mean(axis=1)).sum() / freedom)
    variance = of_runs * float((1 / sizes).sum()) / len(names) ** 2
    images = filled.shape[1]
    of_images = 0.0
    if images > 1:
        noise = rest - rest.mean(axis=1, keepdims=True)
        single = float(np.square(noise).sum() / (freedom * (images - 1)))
        profile = means.mean(axis=0)
        shared = single * float((1 / sizes).sum()) / len(names) ** 2
        of_images = max(0.0, float(profile.var(ddof=1)) - shared) / images
    variances = variance, of_images
    return Estimate(
        value,
        float(np.sqrt(sum(variances))),
        satterthwaite(variances, (float(freedom), float(max(images - 1, 1)))),
        len(filled),
    )


def difference_of_units(first: Array, second: Array) -> Estimate:
    """The mean of the units of `first` [units, images] minus that of `second`, of other units."""
    sides = [_filled(one) for one in (first, second)]
    sides = [one[np.isfinite(one).all(axis=1)] for one in sides]
    counts = [len(one) for one in sides]
    if not all(counts):
        return Estimate(np.nan, np.nan, np.nan, sum(counts))
    value = float(sides[0].mean() - sides[1].mean())
    if min(counts) < 2:
        return Estimate(value, np.nan, np.nan, sum(counts))
    images = sides[0].shape[1]
    of_units = [float(one.mean(axis=1).var(ddof=1)) / len(one) for one in sides]
    of_images = 0.0
    if images > 1:
        profile = sides[0].mean(axis=0) - sides[1].mean(axis=0)
        shared = sum(_rest(one) / len(one) for one in sides)
        of_images = max(0.0, float(profile.var(ddof=1)) - shared) / images
    variances = (*of_units, of_images)
    freedom = (*(float(count - 1) for count in counts), float(max(images - 1, 1)))
    return Estimate(
        value, float(np.sqrt(sum(variances))), satterthwaite(variances, freedom), sum(counts)
    )


def _variances(filled: Array) -> tuple[float, float]:
    """The variances of the mean of [units, images] that units and images bring."""
    units, images = filled.shape
    of_units = float(filled.mean(axis=1).var(ddof=1)) / units
    if images < 2:
        return of_units, 0.0
    excess = float(filled.mean(axis=0).var(ddof=1)) - _rest(filled) / units
    return of_units, max(0.0, excess) / images


def _rest(filled: Array) -> float:
    """The variance of [units, images] that neither units nor images explain."""
    units, images = filled.shape
    rest = filled - filled.mean(axis=1, keepdims=True) - filled.mean(axis=0) + filled.mean()
    return float(np.square(rest).sum() / ((units - 1) * (images - 1)))


def _filled(values: Array) -> Array:
    """Values [n, images] with what a row lacks as its mean plus what the image differs by."""
    known = np.isfinite(values)
    if known.all():
        return values
    counts = np.maximum(known.sum(axis=1, keepdims=True), 1)
    rows = np.where(known, values, 0).sum(axis=1, keepdims=True) / counts
    of_images = np.where(known, values - rows, 0).sum(axis=0) / np.maximum(known.sum(axis=0), 1)
    filled = np.where(known, values, rows + of_images)
    return np.where(known.any(axis=1, keepdims=True), filled, np.nan)
