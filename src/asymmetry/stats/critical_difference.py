"""Which of several treatments differ by their mean ranks over blocks (Demšar 2006).

Friedman's test asks whether any do; two differ by Nemenyi's test where their mean ranks are further
apart than the critical difference.
"""

from dataclasses import dataclass

import numpy as np
from scipy import stats

from asymmetry.stats.arrays import Array
from asymmetry.stats.significance import ALPHA

_FEWEST = 3  # treatments, for Friedman's test


@dataclass(frozen=True)
class Ranks:
    """The mean ranks [treatments], 1 is best; Friedman's p; the critical difference at `ALPHA`.

    `cliques` are the largest groups, as pairs of places in the order of the ranks, first and last,
    within which no two differ.
    """

    mean: Array
    p: float
    difference: float
    cliques: list[tuple[int, int]]


def ranks(values: Array) -> Ranks:
    """The ranks of values [treatments, blocks]; higher is better, and equal values share ranks.

    p is NaN of fewer than three treatments or two blocks. ValueError of fewer than two treatments,
    or without a block.
    """
    count, blocks = values.shape
    if count < 2 or blocks < 1:
        raise ValueError(f"ranks need two treatments and a block, not {count} and {blocks}")
    mean = stats.rankdata(-values, axis=0).mean(axis=1)
    enough = count >= _FEWEST and blocks > 1
    p = float(stats.friedmanchisquare(*values).pvalue) if enough else float("nan")
    studentized = float(stats.studentized_range.ppf(1 - ALPHA, count, np.inf)) / np.sqrt(2)
    difference = float(studentized * np.sqrt(count * (count + 1) / (6 * blocks)))
    return Ranks(mean, p, difference, _cliques(np.sort(mean), difference))


def _cliques(mean: Array, difference: float) -> list[tuple[int, int]]:
    found: list[tuple[int, int]] = []
    for first, rank in enumerate(mean):
        last = int(np.searchsorted(mean, rank + difference, side="right")) - 1
        if last > first and (not found or last > found[-1][1]):
            found.append((first, last))
    return found
