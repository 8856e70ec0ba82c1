"""Scores of items from paired comparisons, and their intervals over raters and pairs.

Bradley and Terry (1952): one item is preferred to another with odds exp(score - other's score). The
likelihood has one maximum where wins connect all items both ways (Ford 1957, Hunter 2004). A tiny
ridge is added, which is a normal prior of variance 1 / `RIDGE` = 10 on scores. So an item that won
all its comparisons has a finite score too. Items that no comparisons connect stay in `groups`.
"""

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray
from scipy import stats
from scipy.sparse.csgraph import connected_components
from scipy.special import expit

from asymmetry.stats.intervals import ALPHA, NORMAL, Array, interval

RIDGE = 0.1
_STEP = 2.0  # the largest change of a score in a step of Newton's method, which may overshoot
_CLOSE, _MOST = 1e-10, 200

Integers = NDArray[np.int64]


@dataclass(frozen=True)
class Votes:
    """Comparisons, one for each index of the arrays: winner, loser, rater, pair and photo.

    Items are 0 to `items` - 1; `rater`, `pair` and `photo` are labels from 0.
    """

    items: int
    winner: Integers
    loser: Integers
    rater: Integers
    pair: Integers
    photo: Integers

    def wins(self, weights: Array | None = None) -> Array:
        """How often each item (row) was preferred to each other (column), in weighted votes."""
        size = self.items
        cells = np.bincount(self.winner * size + self.loser, weights, minlength=size * size)
        return cells.reshape(size, size).astype(float)


def fit_scores(wins: Array, ridge: float = RIDGE, start: Array | None = None) -> Array:
    """The scores [items] of the most likely model of `wins` [items, items], in log-odds, mean 0.

    Newton's method on the log-likelihood less ridge / 2 times the sum of squares. Without a ridge,
    wins must connect all items both ways, or there is no maximum.
    """
    games = wins + wins.T
    scores = np.zeros(len(wins)) if start is None else start
    for _ in range(_MOST):
        chance = expit(scores[:, None] - scores)
        slope = (wins - games * chance).sum(axis=1) - ridge * scores
        curve = games * chance * (1 - chance)
        # Only differences of scores are determined; the added one keeps their mean at zero.
        bend = np.diag(curve.sum(axis=1) + ridge) - curve + 1.0
        step = np.linalg.solve(bend, slope)
        length = np.abs(step).max()
        scores = scores + step * min(1.0, _STEP / max(length, _STEP))
        if length < _CLOSE:
            break
    return scores - scores.mean()


def groups(wins: Array) -> Integers:
    """The group [items] of each item: comparisons connect the items of a group, maybe indirectly.

    The scores of two groups cannot be compared.
    """
    labels: Integers = connected_components(wins + wins.T > 0, directed=False)[1].astype(np.int64)
    return labels


def intervals(
    votes: Votes, scores: Array, resamples: int, rng: np.random.Generator
) -> tuple[Array, Array]:
    """95 % intervals [items] of the scores, for other raters and other pairs of the same kinds.

    Votes of one rater are correlated, and so are those of one pair (on one photo). The variance is
    that of a bootstrap of raters, plus that of pairs, less that of single votes, which both contain
    (Cameron, Gelbach and Miller 2011), and at least the largest of the three. Student's t has one
    degree of freedom fewer than there are raters or pairs. With one rater the interval is over
    pairs alone.
    """
    units = (votes.rater, votes.pair, np.arange(len(votes.rater)))
    raters, pairs, single = (_variance(votes, unit, scores, resamples, rng) for unit in units)
    variance = np.max([raters + pairs - single, raters, pairs, single], axis=0)
    counts = [len(np.unique(unit)) for unit in units[:2]]
    freedom = (min(counts) if counts[0] > 1 else counts[1]) - 1
    reach = stats.t.ppf(1 - ALPHA / 2, freedom) * np.sqrt(variance)
    return scores - reach, scores + reach


def _variance(
    votes: Votes, unit: Integers, scores: Array, resamples: int, rng: np.random.Generator
) -> Array:
    """The variance [items] of scores where units are drawn anew, from their percentiles."""
    _, unit = np.unique(unit, return_inverse=True)
    count = int(unit.max()) + 1
    weights = rng.multinomial(count, np.full(count, 1 / count), resamples)
    drawn = [fit_scores(votes.wins(unit_weights[unit]), RIDGE, scores) for unit_weights in weights]
    low, high = interval(np.array(drawn).T)
    return ((high - low) / (2 * NORMAL)) ** 2


def by_photo(votes: Votes, scores: Array, photos: int) -> Array:
    """The jackknife pseudo-values (Tukey 1958) of the scores by photo: [items, photos].

    They are n times the score less n - 1 times the score without the photo. Their mean is the
    score, with its bias corrected by the jackknife. Their scatter shows how much it depends on the
    photos.
    """
    if photos < 2:
        return np.repeat(scores[:, None], photos, axis=1)
    without = [
        fit_scores(votes.wins((votes.photo != photo).astype(float)), RIDGE, scores)
        for photo in range(photos)
    ]
    return photos * scores[:, None] - (photos - 1) * np.array(without).T


def triads(wins: Array) -> tuple[int, int]:
    """The number of circular triads, and of all triads with a majority between any two items.

    Kendall and Babington Smith (1940).
    """
    better = (wins > wins.T).astype(np.int64)
    decided = better + better.T
    circles = np.trace(better @ better @ better) // 3
    return int(circles), int(np.trace(decided @ decided @ decided) // 6)
