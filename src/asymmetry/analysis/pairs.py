"""Pairs of trainings that differ in one thing, and what their differences say.

The images of a pair are the same, and so are its seed and what else is named as a key.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from functools import cached_property

import numpy as np
import pandas as pd
import scipy

from asymmetry.analysis.effect import Effects
from asymmetry.analysis.judging import codes_of
from asymmetry.stats.arrays import Array, Integers
from asymmetry.stats.estimate import Estimate, over_units, unit_means
from asymmetry.stats.significance import ALPHA
from asymmetry.tables.schemas import CONTRADICTED, DONE, ENDED_BADLY, SUPPORTED, UNDECIDED

FEWEST_UNITS = 3  # of two, Student's t has one degree of freedom, and an interval is too wide
_FEWEST_RANKED = 6  # of fewer pairs, no Wilcoxon test reaches p ≤ ALPHA


@dataclass(frozen=True, eq=False)
class Pairs:
    """Pairs of ended trainings: `keys` [pairs], and the rows of both in `effects.done`.

    A row is -1 where the training diverged or collapsed: it has no value, and loses.
    """

    effects: Effects
    keys: pd.DataFrame
    first: Integers
    second: Integers

    def __len__(self) -> int:
        return int(self.complete.sum())

    @cached_property
    def complete(self) -> np.ndarray:
        """Where both trainings have a value [pairs]."""
        return (self.first >= 0) & (self.second >= 0)

    @cached_property
    def differences(self) -> Array:
        """The first minus the second, of the complete pairs [complete, images]."""
        values = self.effects.by_image
        return values[self.first[self.complete]] - values[self.second[self.complete]]

    @cached_property
    def wins(self) -> Array:
        """The share of judges and images by which the first is better [pairs]; ties are halves."""
        z, won = self.effects.z, np.full(len(self.first), 0.5)
        signs = np.sign(z[:, self.first[self.complete]] - z[:, self.second[self.complete]])
        known = np.isfinite(signs)
        count = np.maximum(known.sum(axis=(0, 2)), 1)
        won[self.complete] = 0.5 + np.where(known, signs, 0).sum(axis=(0, 2)) / count / 2
        won[(self.first < 0) & (self.second >= 0)] = 0
        won[(self.first >= 0) & (self.second < 0)] = 1
        return won

    def codes(self, *columns: str) -> Integers:
        """A number for each combination of these keys [pairs]."""
        return codes_of(self.keys, columns)

    def of(self, mask: np.ndarray) -> "Pairs":
        """The pairs where `mask` [pairs] holds."""
        return Pairs(self.effects, self.keys[mask], self.first[mask], self.second[mask])


def pairs_of(effects: Effects, first: pd.Series, second: pd.Series, keys: Sequence[str]) -> Pairs:
    """All pairs of a cell of `first` and one of `second` (masks [cells]) that share the keys."""
    ended = ended_cells(effects)
    sides = [ended[mask[ended.index]] for mask in (first, second)]
    both = sides[0].merge(sides[1][[*keys, "row"]], on=list(keys), suffixes=("", "_second"))
    return Pairs(effects, both, both["row"].to_numpy(), both["row_second"].to_numpy())


def ended_cells(effects: Effects) -> pd.DataFrame:
    """The cells that have a value or ended badly, each with its `row` in `effects.done`, or -1."""
    cells = effects.cells
    row = pd.Series(np.arange(len(effects.done)), index=effects.done.index)
    valued = pd.Series(np.isfinite(effects.level), index=effects.done.index)
    kept = cells["status"].isin(ENDED_BADLY) | valued.reindex(cells.index, fill_value=False)
    places = row.reindex(cells.index, fill_value=-1)
    return cells[kept].assign(row=places[kept].where(cells["status"] == DONE, -1).astype(int))


def with_trunk(cells: pd.DataFrame) -> pd.DataFrame:
    """Cells with the column `trunk`: backbone, initialisation and whether it is frozen, in words.

    A frozen trunk is another trunk; where a table does not say, it is not frozen. Empty without a
    discriminator.
    """
    parts = cells.reindex(columns=["backbone", "initialisation", "frozen"])
    parts = parts.assign(frozen=parts["frozen"].eq(True).map({True: "frozen", False: ""}))
    columns = [parts[name].astype(object).where(parts[name].notna(), "") for name in parts]
    words = [", ".join(filter(None, row)) for row in zip(*columns, strict=True)]
    return cells.assign(trunk=pd.Series(words, index=cells.index, dtype=object))


def mean_over(pairs: Pairs, units: Integers) -> Estimate:
    """The mean difference over the units, of which `units` [pairs] has a number for each pair."""
    return over_units(unit_means(pairs.differences, units[pairs.complete]))


def by_wins(pairs: Pairs, units: Integers) -> Estimate:
    """The share of wins less a half, over units; a training that ended badly loses.

    Of two players, the log-odds of the wins are the difference of their Bradley-Terry (1952)
    scores, so their sign and test are those of the share.
    """
    return over_units(unit_means(pairs.wins[:, None] - 0.5, units))


def rank_p(pairs: Pairs, units: Integers) -> float:
    """p of Wilcoxon's signed ranks of the units' mean differences; NaN of fewer than six."""
    means = unit_means(pairs.differences, units[pairs.complete]).mean(axis=1)
    if len(means) < _FEWEST_RANKED or not means.any():
        return float("nan")
    return float(scipy.stats.wilcoxon(means).pvalue)


def verdict_of(value: float, p: float, sign: int) -> str:
    """What the sign of a value says where it is significant."""
    if not p <= ALPHA:
        return UNDECIDED
    return SUPPORTED if sign * value > 0 else CONTRADICTED


def sensitivity(pairs: Pairs, units: Integers, verdict: str, sign: int) -> str:
    """A sentence where ranks or wins lead to another verdict than the means; else empty."""
    wins = by_wins(pairs, units)
    others = {
        "by wins (Bradley-Terry; a diverged training loses)": verdict_of(wins.value, wins.p, sign)
    }
    p = rank_p(pairs, units)
    if np.isfinite(p):
        means = unit_means(pairs.differences, units[pairs.complete]).mean(axis=1)
        others["by ranks (Wilcoxon)"] = verdict_of(float(np.median(means)), p, sign)
    changed = [f"{found} {way}" for way, found in others.items() if found != verdict]
    return f"Sensitivity: {'; '.join(changed)}." if changed else ""
