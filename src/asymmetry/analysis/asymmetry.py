"""A against O: the skill of each loss as a metric, and its effect in each regime."""

from collections.abc import Sequence
from dataclasses import dataclass
from functools import lru_cache
from math import prod

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from asymmetry.analysis.effect import Effects
from asymmetry.analysis.skill import skill_of_losses
from asymmetry.core.randomness import draws
from asymmetry.stats.intervals import Array, interval
from asymmetry.stats.permutation import spearman
from asymmetry.tables.read import SCOPE

WITHOUT, WITH = "without adversary", "with adversary"
_ADVERSARY = ["discriminator", "adversarial_weight"]
_FEWEST_FREEDOM = 10  # an error known to about a fifth: 1 / sqrt(2 * 10)


@dataclass(frozen=True)
class Regime:
    """Effects of losses without or with an adversary, each over equal settings.

    `effect` [losses] and `draws` [losses, draws], in the order of `losses`. They are the means over
    the `settings` (of the `possible` ones) that all losses share; or, where `fitted`, main effects,
    whose standard errors are `error` [losses].
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
        """The effects of these `losses`, and their draws."""
        places = [self.losses.index(loss) for loss in losses]
        return self.effect[places], self.draws[places]

    def reliability(self, losses: Sequence[str]) -> float:
        """The share of the variance of O over these losses that is not the fit's error.

        1 where nothing is fitted; 0 where the losses differ no more than the error lets expect.
        """
        places = [self.losses.index(loss) for loss in losses]
        if not self.fitted or len(places) < 2:
            return 1.0
        noise = float(np.square(self.error[places]).mean())
        return max(0.0, 1 - noise / max(float(self.effect[places].var(ddof=1)), 1e-24))


@lru_cache(maxsize=8)  # several hypotheses ask for the same in a row
def regime(effects: Effects, name: str) -> Regime:
    """The effect of each loss, without or with an adversary.

    In a full design the mean over the settings (discriminator, weight) that are done for all. Where
    most cells are planned on settings that not all losses share, as in a fraction, main effects.
    """
    mask = (effects.settings["adversarial_weight"] > 0) == (name == WITH)
    planned = effects.settings[mask]
    losses = planned.groupby(_ADVERSARY)["fidelity"].transform("nunique")
    shared = losses == planned["fidelity"].nunique()
    return (
        part_of(effects, name, mask)
        if shared.mean() >= 0.5
        else by_main_effects(effects, name, mask)
    )


def part_of(effects: Effects, name: str, mask: pd.Series) -> Regime:
    """The means over the settings where `mask` holds that are done for all losses.

    A loss without any done cell is left out; the others are compared on equal settings, so that a
    loss does not look better because its hardest setting diverged.
    """
    table = effects.settings[mask]
    done = table[table["value"].notna()]
    losses = pd.unique(done["fidelity"]).tolist()
    # The place in the table of each loss [losses] in each setting [settings], shared ones only.
    places = done.reset_index().pivot(index="fidelity", columns=_ADVERSARY, values="index")
    places = places.reindex(losses).dropna(axis="columns")
    if places.empty:
        return _nothing(effects, name, table)
    rows = places.to_numpy(dtype=int)
    return Regime(
        name,
        losses,
        effects.settings["value"].to_numpy()[rows].mean(1),
        effects.draws[rows].mean(1),
        rows.shape[1],
        _possible(table),
        np.zeros(len(losses)),
    )


def by_main_effects(effects: Effects, name: str, mask: pd.Series) -> Regime:
    """The main effects of the losses over the settings where `mask` holds.

    Least squares of O = loss + discriminator + weight, each loss at the mean of all discriminators
    and weights: what the mean over all settings estimates, were all trained. What the sum does not
    explain (interactions, chance) is the error. Of settings that do not determine the terms, or
    leave fewer than ten degrees of freedom, an empty regime: the error would be a guess.
    """
    table = effects.settings[mask]
    done = table[table["value"].notna()]
    if done.empty:
        return _nothing(effects, name, table)
    design = main_effects(done).to_numpy()
    terms = design.shape[1]
    freedom = len(done) - terms
    if freedom < _FEWEST_FREEDOM or np.linalg.matrix_rank(design) < terms:
        return _nothing(effects, name, table)
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
        np.sqrt((residuals**2).sum() / freedom * (centred**2).sum(axis=1)),
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


def _nothing(effects: Effects, name: str, table: pd.DataFrame) -> Regime:
    """The regime of losses that cannot be compared."""
    none = np.empty((0, effects.draws.shape[-1]))
    return Regime(name, [], np.empty(0), none, 0, _possible(table), np.empty(0))


def points(effects: Effects, skill: pd.DataFrame) -> pd.DataFrame:
    """A and O of each loss in each regime, with 95 % intervals: the table `asymmetry`."""
    known = skill_of_losses(skill)
    rows = []
    for part in (regime(effects, WITHOUT), regime(effects, WITH)):
        low, high = _with_error(part)
        for place, loss in enumerate(part.losses):
            own = known.loc[loss] if loss in known.index else pd.Series(np.nan, known.columns)
            rows.append(
                dict(zip(SCOPE, effects.scope, strict=True))
                | {"fidelity": loss, "regime": part.name, "settings": part.settings}
                | {"skill": own["skill"], "skill_low": own["low"], "skill_high": own["high"]}
                | {
                    "effect": part.effect[place],
                    "effect_low": low[place],
                    "effect_high": high[place],
                }
            )
    return pd.DataFrame(rows)


def _with_error(part: Regime) -> tuple[Array, Array]:
    """The 95 % intervals [losses] of the effects, an error of the fit added to each draw."""
    deviates = draws(0, "error of the fit").standard_normal(part.draws.shape)
    return interval(part.draws + part.error[:, None] * deviates)


@dataclass(frozen=True)
class Resample:
    """Losses drawn with replacement, `chosen` [draws, losses], and a normal deviate for each."""

    chosen: NDArray[np.int64]
    deviates: Array

    def of_losses(self, values: Array) -> Array:
        """Values [losses, draws] of the drawn losses [draws, losses]."""
        return np.take_along_axis(values.T, self.chosen, axis=1)

    def measured(self, values: Array, errors: Array) -> Array:
        """Draws [draws, losses] of values [losses] from their own sampling distributions."""
        return np.take_along_axis(
            values + np.nan_to_num(errors) * self.deviates, self.chosen, axis=1
        )


def resample_losses(count: int, resamples: int) -> Resample:
    """The draws of `count` losses: the same for every regime, so that differences are paired."""
    picks = draws(0, "asymmetry")
    chosen = picks.integers(count, size=(resamples, count))
    return Resample(chosen, picks.standard_normal((resamples, count)))


def rank_draws(predictor: Array, effect: Array) -> Array:
    """Spearman's rho of each draw [draws] of predictor and effect [draws, losses].

    NaN where a side is constant, or a loss has no effect because its seeds were not drawn.
    """
    known = np.asarray(np.isfinite(effect).all(axis=-1))
    return np.where(known, spearman(predictor, np.where(known[:, None], effect, 0)), np.nan)
