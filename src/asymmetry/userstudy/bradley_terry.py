"""Scores of items from paired comparisons.

Bradley and Terry (1952): one item is preferred to another with odds exp(score - other's score). The
likelihood has one maximum where wins connect all items both ways (Ford 1957, Hunter 2004). Here a
tiny ridge is added, a normal prior of variance 1 / `RIDGE` = 10 on scores, so that an item that won
all its comparisons has a finite score too. The ridge does not connect items: see `groups`.
"""

from dataclasses import dataclass

import numpy as np
from scipy.sparse.csgraph import connected_components
from scipy.special import expit

from asymmetry.stats.arrays import Array, Integers

RIDGE = 0.1
_LONGEST_STEP = 2.0  # of a score, in one step of Newton's method: a longer one may overshoot
_TOLERANCE, _MOST_STEPS = 1e-10, 200


@dataclass(frozen=True)
class Votes:
    """Comparisons [votes]: which item won, which lost, and the rater, pair and photo of the vote.

    Items are 0 to `items` - 1. `rater`, `pair` and `photo` are labels from 0.
    """

    items: int
    winner: Integers
    loser: Integers
    rater: Integers
    pair: Integers
    photo: Integers

    def wins(self, weights: Array | Integers | None = None) -> Array:
        """How often each item (row) was preferred to each other (column), in weighted votes."""
        size = self.items
        cells = np.bincount(self.winner * size + self.loser, weights, minlength=size * size)
        return cells.reshape(size, size).astype(float)


def fit_scores(wins: Array, ridge: float = RIDGE, start: Array | None = None) -> Array:
    """The scores [items] of the most likely model of `wins` [items, items], in log-odds, mean 0.

    Newton's method on the log-likelihood less ridge / 2 times the sum of squares. Without a ridge,
    wins must connect all items both ways, or there is no maximum.
    """
    comparisons = wins + wins.T
    scores = np.zeros(len(wins)) if start is None else start
    for _ in range(_MOST_STEPS):
        probability = expit(scores[:, None] - scores)
        gradient = (wins - comparisons * probability).sum(axis=1) - ridge * scores
        curvature = comparisons * probability * (1 - probability)
        # Only differences of scores are known. The added 1 holds their mean at zero.
        hessian = np.diag(curvature.sum(axis=1) + ridge) - curvature + 1.0
        step = np.linalg.solve(hessian, gradient)
        length = np.abs(step).max()
        scores = scores + step * min(1.0, _LONGEST_STEP / max(length, _LONGEST_STEP))
        if length < _TOLERANCE:
            break
    return scores - scores.mean()


def groups(wins: Array) -> Integers:
    """The group [items] of each item. Comparisons connect the items of a group, maybe by others.

    Scores of items of two groups cannot be compared.
    """
    labels: Integers = connected_components(wins + wins.T > 0, directed=False)[1].astype(np.int64)
    return labels


def by_photo(votes: Votes, scores: Array, photos: int) -> Array:
    """The score of each item by each photo [items, photos]: jackknife pseudo-values (Tukey 1958).

    n times the score, less n - 1 times the score without the photo. Their mean is the score, up to
    the jackknife's correction of its bias. Their spread is how much the score depends on the
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
    """The number of circular triads, and of all triads, as in Kendall and Babington Smith (1940).

    A triad is three items, each pair of which has a majority for one of the two.
    """
    better = (wins > wins.T).astype(np.int64)
    decided = better + better.T
    circles = np.trace(better @ better @ better) // 3
    return int(circles), int(np.trace(decided @ decided @ decided) // 6)
