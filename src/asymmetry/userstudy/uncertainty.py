"""How far scores may be off, for other raters and other pairs of the same kinds.

An interval of one score holds the truth in 95 of 100 studies; of many such intervals, some miss.
Simultaneous ones are wider: in 95 of 100 studies, all of them hold. They are single-step max-t
intervals (Hothorn, Bretz and Westfall 2008, Biometrical Journal 50, 346-363): the critical value is
the 95 % quantile of the largest |t| of a multivariate t with the correlation of the estimates.
"""

from collections.abc import Callable
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from asymmetry.stats.arrays import Array, Integers
from asymmetry.stats.intervals import ERRORS_IN_WIDTH, LEVEL, intervals, t_quantile
from asymmetry.stats.resampling import resampled_counts
from asymmetry.userstudy.bradley_terry import RIDGE, Votes, fit_scores

_DRAWS = 20_000  # of the largest |t|; the quantile is then known to about one percent
_AT_ONCE = 1_000_000  # numbers in memory
_ROUNDING = 1e-6


@dataclass(frozen=True)
class Uncertainty:
    """The covariances [items, items] of scores in bootstraps of raters, of pairs and of votes.

    And the degrees of freedom of Student's t. Votes of one rater are correlated, and so are those
    of one pair (on one photo). A variance is that over raters, plus that over pairs, less that over
    votes, which both contain (Cameron, Gelbach and Miller 2011). It is at least the largest of the
    three.
    """

    raters: Array
    pairs: Array
    votes: Array
    degrees_of_freedom: int

    def among(self, chosen: NDArray[np.bool_]) -> "Uncertainty":
        """That of the chosen items [items] alone."""
        both = np.ix_(chosen, chosen)
        return Uncertainty(
            self.raters[both], self.pairs[both], self.votes[both], self.degrees_of_freedom
        )

    def errors(self, variance: Callable[[Array], Array]) -> Array:
        """The standard errors of what has this `variance` under a covariance."""
        raters, pairs, votes = (variance(one) for one in (self.raters, self.pairs, self.votes))
        return np.sqrt(np.max([raters + pairs - votes, raters, pairs, votes], axis=0))


def uncertainty(
    votes: Votes, scores: Array, resamples: int, rng: np.random.Generator
) -> Uncertainty:
    """The uncertainty of scores [items] that were fitted to votes.

    Student's t has one degree of freedom fewer than there are raters or pairs, whichever are fewer.
    With one rater it is over pairs alone.
    """
    units = (votes.rater, votes.pair, np.arange(len(votes.rater)))
    drawn = [_bootstrap(votes, one, scores, resamples, rng) for one in units]
    raters, pairs, single = (_covariance(one) for one in drawn)
    counts = [len(np.unique(unit)) for unit in units[:2]]
    degrees_of_freedom = (min(counts) if counts[0] > 1 else counts[1]) - 1
    return Uncertainty(raters, pairs, single, degrees_of_freedom)


def half_widths(known: Uncertainty) -> Array:
    """How far the interval of each score [items] reaches to either side, taken alone."""
    return t_quantile(known.degrees_of_freedom) * known.errors(np.diag)


def simultaneous_half_widths(known: Uncertainty, rng: np.random.Generator) -> Array:
    """How far the interval of each score [items] reaches, where all are to hold at once."""
    return known.errors(np.diag) * _critical_value(known, np.diag, lambda drawn: drawn, rng)


def simultaneous_of_pairs(known: Uncertainty, rng: np.random.Generator) -> Array:
    """How far that of each difference of two scores reaches, where all are to hold at once.

    [items * (items - 1) / 2]: the first with the second, with the third, and so on.
    """
    one, other = np.triu_indices(len(known.raters), 1)

    def variance(covariance: Array) -> Array:
        own = np.diag(covariance)
        return np.maximum(own[one] + own[other] - 2 * covariance[one, other], 0)

    def differences(drawn: Array) -> Array:
        return drawn[:, one] - drawn[:, other]

    return known.errors(variance) * _critical_value(known, variance, differences, rng)


def _critical_value(
    known: Uncertainty,
    variance: Callable[[Array], Array],
    contrasts: Callable[[Array], Array],
    rng: np.random.Generator,
) -> float:
    """The 95 % quantile of the largest |t| of contrasts of scores. NaN without any that may be off.

    `contrasts` makes them of drawn scores [draws, items], `variance` their variances of a
    covariance. Their correlation is that over raters and over pairs together: less that over
    votes it may be no correlation.
    """
    covariance = known.raters + known.pairs
    errors = np.sqrt(variance(covariance))
    uncertain = errors > _ROUNDING * errors.max()
    if known.degrees_of_freedom < 1 or not uncertain.any():
        return float("nan")
    values, vectors = np.linalg.eigh(covariance)
    root = vectors * np.sqrt(np.maximum(values, 0))
    largest = []
    for count in _parts(_DRAWS, max(1, _AT_ONCE // len(errors))):
        drawn = contrasts(rng.standard_normal((count, len(root))) @ root.T)
        spread = np.sqrt(rng.chisquare(known.degrees_of_freedom, count) / known.degrees_of_freedom)
        largest.append(np.abs(drawn[:, uncertain] / errors[uncertain]).max(axis=1) / spread)
    return float(np.quantile(np.concatenate(largest), LEVEL))


def _parts(total: int, size: int) -> list[int]:
    """`total` in parts of at most `size`."""
    return [min(size, total - start) for start in range(0, total, size)]


def _bootstrap(
    votes: Votes, unit: Integers, scores: Array, resamples: int, rng: np.random.Generator
) -> Array:
    """The scores [resamples, items] in a bootstrap of units."""
    _, unit = np.unique(unit, return_inverse=True)
    counts = resampled_counts(rng, int(unit.max()) + 1, resamples)
    return np.array([fit_scores(votes.wins(drawn[unit]), RIDGE, scores) for drawn in counts])


def _covariance(drawn: Array) -> Array:
    """The covariance [items, items] of drawn scores; variances are from the width of intervals."""
    low, high = intervals(drawn.T)
    errors, covariance = (high - low) / ERRORS_IN_WIDTH, np.cov(drawn.T, bias=True)
    deviations = np.sqrt(np.diag(covariance))
    deviations[deviations == 0] = 1
    scale = errors / deviations
    return covariance * np.outer(scale, scale)
