"""The adaptive design: which pair is asked next, given the answers so far.

It is the pair whose answer is expected to tell most about the scores, as in ASAP (Mikhailiuk et al.
2020, arXiv 2004.05691): the one of most mutual information of answer and scores. There the model is
Thurstone's, here that of Bradley and Terry, with Laplace's approximation of the scores' posterior.
"""

from collections import Counter
from collections.abc import Iterable, Sequence
from typing import Any

import numpy as np
from scipy.special import entr, expit

from asymmetry.core.randomness import draws
from asymmetry.stats.arrays import Array
from asymmetry.userstudy.bradley_terry import fit_scores
from asymmetry.userstudy.design import STREAM, Arena, Pair, rarest
from asymmetry.userstudy.store import Asked

# The precision of a cell's score before any answer. It is more than the fit's ridge: shrunk scores
# ask distant pairs, too, without which the spread of the scores is overestimated.
_PRIOR = 1.0
# Gauss and Hermite's rule for the mean of a function of a standard normal.
_NODES, _WEIGHTS = np.polynomial.hermite_e.hermegauss(9)
_WEIGHTS = _WEIGHTS / _WEIGHTS.sum()


def next_pair(arenas: Sequence[Arena], asked: Iterable[Asked], seed: int) -> Pair:
    """The most informative pair of cells; equal ones are drawn, counted from the seed.

    Its photo is the one on which the rater saw both least often, then the rarest of the arena. The
    cell that was on the left less often stands there.
    """
    asked = list(asked)
    rng = draws(seed, f"{STREAM}/adaptive", sum(one.count for one in asked))
    gains = [
        np.triu(information(*_tallies(arena, index, asked)), 1)
        for index, arena in enumerate(arenas)
    ]
    most = max(gain.max() for gain in gains)
    best = [
        (index, int(one), int(other))
        for index, gain in enumerate(gains)
        for one, other in np.argwhere(gain >= most * (1 - 1e-9))
    ]
    index, *two = best[rng.integers(len(best))]
    cells = (arenas[index].cells[two[0]], arenas[index].cells[two[1]])
    here = [one for one in asked if one.pair.arena == index]
    left, right = sorted(rng.permutation(cells).tolist(), key=lambda cell: _leaning(here, cell))
    return Pair(index, _photo(arenas[index], here, {left, right}, rng), left, right)


def information(wins: Array, pending: Array) -> Array:
    """The mutual information [items, items] in nats of the scores and the next answer to each pair.

    `wins` and `pending` [items, items] count answers, and pairs without one yet. These are expected
    to tell what the scores so far say, so that raters at the same time are asked different pairs
    (Desautels, Krause and Burdick 2014).
    """
    scores = fit_scores(wins, _PRIOR)
    comparisons = wins + wins.T + pending + pending.T
    chance = expit(scores[:, None] - scores)
    weight = comparisons * chance * (1 - chance)
    covariance = np.linalg.inv(np.diag(weight.sum(axis=1) + _PRIOR) - weight)
    variance = np.diag(covariance)
    spread = np.sqrt(np.maximum(variance[:, None] + variance - 2 * covariance, 0))
    # The chances of a win over the posterior of each difference: [items, items, nodes].
    chances = expit((scores[:, None] - scores)[..., None] + spread[..., None] * _NODES)
    return _entropy(chances @ _WEIGHTS) - _entropy(chances) @ _WEIGHTS


def _entropy(chance: Array) -> Array:
    return entr(chance) + entr(1 - chance)


def _tallies(arena: Arena, index: int, asked: Sequence[Asked]) -> tuple[Array, Array]:
    """How often each cell of an arena won over each other, and the pairs without an answer."""
    place = {cell: number for number, cell in enumerate(arena.cells)}
    wins, pending = np.zeros((2, len(place), len(place)))
    for one in asked:
        if one.pair.arena == index:
            left, right = place[one.pair.left], place[one.pair.right]
            if one.choice is None:
                pending[left, right] += one.count
            elif one.choice == "left":
                wins[left, right] += one.count
            else:
                wins[right, left] += one.count
    return wins, pending


def _leaning(asked: Sequence[Asked], cell: str) -> int:
    """How much more often a cell was on the left than on the right."""
    return sum(one.count * ((one.pair.left == cell) - (one.pair.right == cell)) for one in asked)


def _photo(arena: Arena, asked: Sequence[Asked], cells: set[str], rng: np.random.Generator) -> str:
    """The photo for two cells."""
    own, used, seen = (Counter[str]() for _ in range(3))
    for one in asked:
        two = {one.pair.left, one.pair.right}
        own[one.pair.photo] += one.own * (two == cells)
        used[one.pair.photo] += one.count
        seen[one.pair.photo] += one.count * len(two & cells)
    rarity: list[Any] = [(own[name], used[name], seen[name]) for name in arena.photos]
    return rarest(arena.photos, rarity, rng)
