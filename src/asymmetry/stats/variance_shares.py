"""Shares of variance that crossed random factors explain, with generalised intervals.

y = mean + sum over factors of their levels' effects + those of pairs of factors + error, all
random. The components are estimated from sums of squares and what is expected of these (Henderson
1953, method 3), so that no layout need be balanced. Intervals are generalised ones (Weerahandi
1993): each mean square over its expectation is a chi-square over its degrees of freedom, and the
share is computed anew for draws of these.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from functools import lru_cache
from itertools import combinations

import numpy as np

from asymmetry.core.randomness import draws
from asymmetry.stats.arrays import Array, Integers
from asymmetry.stats.intervals import interval

_DRAWS = 2000
_RANK = 1e-9  # singular values below this share of the largest are zero


@dataclass(frozen=True)
class Share:
    """The share of some factors in the variance of all main effects, with its 95 % interval."""

    value: float
    low: float
    high: float


@dataclass(frozen=True)
class Components:
    """The variances of main effects: `values` [factors], and their draws [draws, factors].

    `others` are those of the pairs of factors that can be told from the error, by both names, and
    of the error, last, by none: `other_values` [others] and `other_drawn` [draws, others].
    """

    names: list[str]
    values: Array
    drawn: Array
    others: list[tuple[str, ...]]
    other_values: Array
    other_drawn: Array

    def of_all(self) -> list[Share]:
        """The share of each factor, pair and the error in all of the variance, in this order."""
        values = np.maximum(np.concatenate([self.values, self.other_values]), 0)[None]
        drawn = np.maximum(np.concatenate([self.drawn, self.other_drawn], axis=1), 0)
        unknown = np.full(len(drawn), np.nan)
        return [
            Share(
                float(_share(values, [place], unknown[:1])[0]),
                *interval(_share(drawn, [place], unknown)),
            )
            for place in range(values.shape[1])
        ]

    def share(self, *names: str) -> Share:
        """The share of these factors; where nothing differs, each share is as likely as another."""
        chosen = [self.names.index(name) for name in names]
        either = draws(0, "shares").random(len(self.drawn))
        value = _share(self.values[None], chosen, np.array([np.nan]))[0]
        low, high = interval(_share(self.drawn, chosen, either))
        return Share(float(value), low, high)


def components(values: Array, factors: Mapping[str, Integers]) -> Components | None:
    """The components of values [n]; `factors` have the level of each value [n].

    None where a factor has a single level or is not told apart from the others, or where no degrees
    of freedom are left for the error.
    """
    names = list(factors)
    layout = _layout(tuple(tuple(codes.tolist()) for codes in factors.values()))
    if layout is None:
        return None
    squares = np.array([float(np.square(basis.T @ values).sum()) for basis in layout.bases])
    error = float(values @ values - np.square(layout.full.T @ values).sum())
    rng = draws(0, "components")
    chances = rng.chisquare(layout.ranks, size=(_DRAWS, len(layout.ranks)))
    of_error = error / rng.chisquare(layout.freedom, size=(_DRAWS, 1))
    drawn = np.linalg.solve(layout.expected, (squares / chances - of_error).T).T
    point = np.linalg.solve(layout.expected, squares / layout.ranks - error / layout.freedom)
    count = len(names)
    pairs = [(names[first], names[second]) for first, second in layout.pairs]
    return Components(
        names,
        np.maximum(point[:count], 0),
        np.maximum(drawn[:, :count], 0),
        [*pairs, ()],
        np.append(point[count:], error / layout.freedom),
        np.concatenate([drawn[:, count:], of_error], axis=1),
    )


@dataclass(frozen=True)
class _Layout:
    """What the levels of the factors say, whatever the values.

    `bases` [n, rank] of what each term adds, first those of main effects, and their `ranks`;
    `pairs` are those of factors, by place, that have a term; `expected` [terms, terms] holds the
    multiples of each component in the mean squares; `full` is the basis of all terms, which leaves
    `freedom` degrees of freedom for the error.
    """

    full: Array
    pairs: list[tuple[int, int]]
    bases: list[Array]
    ranks: Array
    expected: Array
    freedom: int


@lru_cache(maxsize=16)  # simulated studies have one layout, and other values
def _layout(factors: tuple[tuple[int, ...], ...]) -> _Layout | None:
    """The layout of factors, each the level of every value [n]; None as `components`."""
    codes = [np.array(levels, dtype=np.int64) for levels in factors]
    mains = [_indicators(one) for one in codes]
    pairs = {
        (first, second): _indicators(_crossed(codes[first], codes[second]))
        for first, second in combinations(range(len(codes)), 2)
    }
    count = len(codes[0])
    ones = np.ones((count, 1))
    every = [ones, *mains]
    # An interaction that nothing repeats cannot be told from the error.
    full = _basis(np.concatenate([*every, *pairs.values()], axis=1))
    if count - full.shape[1] < 1:
        pairs, full = {}, _basis(np.concatenate(every, axis=1))
    freedom = count - full.shape[1]
    if freedom < 1:
        return None
    whole = _basis(np.concatenate(every, axis=1))
    terms: list[tuple[Array, Array]] = []  # the basis that a term adds, and its indicators
    for place, main in enumerate(mains):
        rest = [ones, *mains[:place], *mains[place + 1 :]]
        terms.append((_added(_basis(np.concatenate(rest, axis=1)), whole), main))
    if not all(basis.shape[1] for basis, _ in terms):
        return None
    told = []
    for pair, columns in pairs.items():
        rest = [*every, *(one for other, one in pairs.items() if other != pair)]
        basis = _added(_basis(np.concatenate(rest, axis=1)), full)
        if basis.shape[1]:
            terms.append((basis, columns))
            told.append(pair)
    bases = [basis for basis, _ in terms]
    ranks = np.array([basis.shape[1] for basis in bases], dtype=float)
    expected = np.array(
        [[float(np.square(basis.T @ other).sum()) for _, other in terms] for basis in bases]
    ) / ranks[:, None]  # fmt: skip
    return _Layout(full, told, bases, ranks, expected, freedom)


def _share(parts: Array, chosen: list[int], either: Array) -> Array:
    total = parts.sum(axis=1)
    share = parts[:, chosen].sum(axis=1) / np.where(total > 0, total, 1)
    return np.where(total > 0, share, either)


def _indicators(codes: Integers) -> Array:
    names, place = np.unique(codes, return_inverse=True)
    return np.eye(len(names))[place]


def _crossed(first: Integers, second: Integers) -> Integers:
    return np.unique(np.stack([first, second], axis=1), axis=0, return_inverse=True)[1].ravel()


def _basis(columns: Array) -> Array:
    """An orthonormal basis [n, rank] of the columns."""
    left, sizes, _ = np.linalg.svd(columns, full_matrices=False)
    return np.asarray(left[:, sizes > _RANK * sizes[0]])


def _added(smaller: Array, larger: Array) -> Array:
    """An orthonormal basis of what `larger` spans beyond `smaller`; [n, 0] if nothing."""
    rest = larger - smaller @ (smaller.T @ larger)
    left, sizes, _ = np.linalg.svd(rest, full_matrices=False)
    return np.asarray(left[:, sizes > 1e-6])
