"""Regimes: the effect of each loss without and with an adversary, on equal settings."""

from collections.abc import Sequence
from dataclasses import dataclass
from functools import lru_cache
from math import prod

import numpy as np
import pandas as pd

from asymmetry.analysis.effect import Effects
from asymmetry.stats.arrays import Array

WITHOUT, WITH = "without adversary", "with adversary"
_ADVERSARY = ["discriminator", "adversarial_weight"]
_FEWEST_DEGREES_OF_FREEDOM = 10  # the error is then known to about a fifth: 1 / sqrt(2 * 10)


@dataclass(frozen=True)
class Regime:
    """Effects of losses without or with an adversary, each over equal settings.

    `effect` [losses] and `draws` [losses, draws] are in the order of `losses`. They are means over
    the `settings`, of the `possible` ones, that all losses share. If `fitted`, they are main
    effects instead, and `error` [losses] has their standard errors.
    """

    name: str
    losses: list[str]
    effect: Array
    draws: Array
    settings: int
    possible: int
    error: Array
    fitted: bool = False

    def of(self, losses: Sequence[str]) -> tuple[Array, Array]:
        """The effects of these `losses` [losses], and their draws [losses, draws]."""
        indices = self._indices(losses)
        return self.effect[indices], self.draws[indices]

    def reliability(self, losses: Sequence[str]) -> float:
        """The share of the variance of effects over these losses that is not error of the fit.

        1 where nothing is fitted. 0 where the losses differ by no more than the error explains.
        """
        indices = self._indices(losses)
        if not self.fitted or len(indices) < 2:
            return 1.0
        noise = float(np.square(self.error[indices]).mean())
        return max(0.0, 1 - noise / max(float(self.effect[indices].var(ddof=1)), 1e-24))

    def _indices(self, losses: Sequence[str]) -> list[int]:
        return [self.losses.index(loss) for loss in losses]


def regimes(effects: Effects) -> tuple[Regime, Regime]:
    """The effects of the losses without an adversary, and with one."""
    return regime(effects, WITHOUT), regime(effects, WITH)


@lru_cache(maxsize=8)  # several hypotheses ask for the same in a row
def regime(effects: Effects, name: str) -> Regime:
    """The effect of each loss in the regime of this name.

    In a full design it is the mean over the settings (discriminator, weight) that are done for all
    losses. In a fraction, where most planned cells are on settings that some losses lack, it is a
    main effect.
    """
    mask = (effects.settings["adversarial_weight"] > 0) == (name == WITH)
    planned = effects.settings[mask]
    losses = planned.groupby(_ADVERSARY)["fidelity"].transform("nunique")
    shared = losses == planned["fidelity"].nunique()
    return (
        by_means(effects, name, mask)
        if shared.mean() >= 0.5
        else by_main_effects(effects, name, mask)
    )


def by_means(effects: Effects, name: str, mask: pd.Series) -> Regime:
    """The means over the settings where `mask` holds and all losses are done.

    A loss without any done cell is left out. The others are compared on equal settings, so that no
    loss looks better because its hardest setting diverged.
    """
    table = effects.settings[mask]
    done = table[table["value"].notna()]
    losses = pd.unique(done["fidelity"]).tolist()
    # The row in the table of each loss [losses] in each setting [settings], shared ones only.
    rows = done.reset_index().pivot(index="fidelity", columns=_ADVERSARY, values="index")
    rows = rows.reindex(losses).dropna(axis="columns")
    if rows.empty:
        return _empty(effects, name, table)
    shared = rows.to_numpy(dtype=int)
    return Regime(
        name,
        losses,
        effects.settings["value"].to_numpy()[shared].mean(1),
        effects.draws[shared].mean(1),
        shared.shape[1],
        _possible(table),
        np.zeros(len(losses)),
    )


def by_main_effects(effects: Effects, name: str, mask: pd.Series) -> Regime:
    """The main effects of the losses over the settings where `mask` holds.

    Least squares of effect = loss + discriminator + weight. Each loss is taken at the mean of all
    discriminators and weights, so a main effect estimates the mean over all settings. What the sum
    does not explain (interactions, chance) is the error.

    The regime is empty where the settings do not determine the terms, or leave fewer than ten
    degrees of freedom: the error would be a guess.
    """
    table = effects.settings[mask]
    done = table[table["value"].notna()]
    if done.empty:
        return _empty(effects, name, table)
    design = main_effects(done).to_numpy()
    terms = design.shape[1]
    degrees_of_freedom = len(done) - terms
    if degrees_of_freedom < _FEWEST_DEGREES_OF_FREEDOM or np.linalg.matrix_rank(design) < terms:
        return _empty(effects, name, table)
    losses = pd.unique(done["fidelity"]).tolist()
    inverse = np.linalg.pinv(design)
    weights = inverse[: len(losses)]  # of each cell in the effect of each loss [losses, cells]
    values = done["value"].to_numpy()
    residuals = values - design @ (inverse @ values)
    centred = weights - weights.mean(axis=0)
    return Regime(
        name,
        losses,
        weights @ values,
        weights @ effects.draws[done.index],
        len(done),
        prod(table[axis].nunique() for axis in ("fidelity", *_ADVERSARY)),
        np.sqrt((residuals**2).sum() / degrees_of_freedom * (centred**2).sum(axis=1)),
        fitted=True,
    )


def main_effects(cells: pd.DataFrame) -> pd.DataFrame:
    """The design matrix [cells, terms]: a column for each loss, then sum-to-zero contrasts.

    >>> games = pd.DataFrame({"fidelity": ["l1", "mse"], "discriminator": ["a", "b"]})
    >>> main_effects(games.assign(adversarial_weight=0.1)).to_numpy()
    array([[ 1.,  0.,  1.],
           [ 0.,  1., -1.]])
    """
    parts = [pd.get_dummies(cells["fidelity"], dtype=float)[pd.unique(cells["fidelity"])]]
    for axis in _ADVERSARY:
        levels = pd.get_dummies(cells[axis], dtype=float)
        parts.append(levels.iloc[:, :-1].sub(levels.iloc[:, -1], axis="index"))
    return pd.concat(parts, axis="columns")


def _possible(table: pd.DataFrame) -> int:
    """How many settings (discriminator, weight) there are."""
    return len(table[_ADVERSARY].drop_duplicates())


def _empty(effects: Effects, name: str, table: pd.DataFrame) -> Regime:
    """A regime without losses, where they cannot be compared."""
    none = np.empty((0, effects.draws.shape[-1]))
    return Regime(name, [], np.empty(0), none, 0, _possible(table), np.empty(0))
