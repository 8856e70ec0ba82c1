"""Votes of raters whose scores are known."""

import numpy as np
from scipy.special import expit

from asymmetry.stats.arrays import Array
from asymmetry.userstudy.bradley_terry import Votes


def simulate(
    true: Array, raters: int, each: int, key: int, of_raters: float = 0.0, photos: int = 8
) -> Votes:
    """Votes of raters whose own scores scatter around the true ones by `of_raters`."""
    rng, items = np.random.default_rng(key), len(true)
    own = true + of_raters * rng.standard_normal((raters, items))
    rater = np.repeat(np.arange(raters), each)
    one = rng.integers(items, size=len(rater))
    other = (one + rng.integers(1, items, size=len(rater))) % items
    photo = rng.integers(photos, size=len(rater))
    first = rng.random(len(rater)) < expit(own[rater, one] - own[rater, other])
    winner, loser = np.where(first, one, other), np.where(first, other, one)
    pair = (np.minimum(one, other) * items + np.maximum(one, other)) * photos + photo
    return Votes(items, winner, loser, rater, pair, photo)
