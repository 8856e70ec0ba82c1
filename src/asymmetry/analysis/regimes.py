"""Regimes: the effect of each loss without and with an adversary, on equal terms.

In each regime the cells are fitted by least squares of effect = loss + discriminator + weight +
seed. So a loss whose hardest setting diverged, or that was trained with other seeds or in a
fraction of the settings, is compared with the others by what is there. What the sum does not
explain is the error: chance of trainings and, with an adversary, interactions, as if the settings
were a sample of those that one might take.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from functools import lru_cache

import numpy as np
import pandas as pd

from asymmetry.analysis.effect import Effects
from asymmetry.stats.arrays import Array
from asymmetry.stats.estimate import Estimate
from asymmetry.stats.reliability import share_of_truth

WITHOUT, WITH = "without adversary", "with adversary"
_ADVERSARY = ["discriminator", "adversarial_weight"]
_FEWEST_DEGREES_OF_FREEDOM = 6  # of fewer, an error is a guess


@dataclass(frozen=True)
class Regime:
    """The effects of losses without or with an adversary.

    `effect` [losses] and its standard `error` [losses], of differences between losses, are in the
    order of `losses`. The error is NaN where nothing was repeated. `replication` is the mean number
    of trainings of a loss; they are of `settings` (discriminator, weight).
    """

    name: str
    losses: list[str]
    effect: Array
    error: Array
    settings: int
    replication: float
    degrees_of_freedom: int

    def of(self, losses: Sequence[str]) -> Array:
        """The effects of these `losses` [losses]."""
        return self.effect[self._indices(losses)]

    def error_of(self, losses: Sequence[str]) -> Array:
        """The standard errors of these `losses` [losses]."""
        return self.error[self._indices(losses)]

    def reliability(self, losses: Sequence[str]) -> float:
        """The share of the variance of effects over these losses that is not error; NaN unknown."""
        return share_of_truth(self.of(losses), self.error_of(losses))

    def _indices(self, losses: Sequence[str]) -> list[int]:
        return [self.losses.index(loss) for loss in losses]


def regimes(effects: Effects) -> tuple[Regime, Regime]:
    """The effects of the losses without an adversary, and with one."""
    return regime(effects, WITHOUT), regime(effects, WITH)


@lru_cache(maxsize=8)  # several hypotheses ask for the same in a row
def regime(effects: Effects, name: str) -> Regime:
    """The effect of each loss in the regime of this name."""
    weights = effects.done["adversarial_weight"].to_numpy()
    return fitted(effects, name, (weights > 0) == (name == WITH))


def fitted(effects: Effects, name: str, mask: np.ndarray) -> Regime:
    """The effect of each loss over the done cells where `mask` [done] holds.

    The regime is empty where the cells do not determine the differences between the losses.
    """
    fit = _fit(effects, mask)
    count = len(fit.losses)
    centring = np.eye(count) - 1 / max(count, 1)
    if count < 2 or not fit.estimable(centring):
        none = np.empty(0)
        return Regime(name, [], none, none, fit.settings, 0.0, 0)
    weights = centring @ fit.inverse[:count]  # of each cell in the effect of each loss
    level = fit.values.mean(axis=1)
    enough = fit.degrees_of_freedom >= _FEWEST_DEGREES_OF_FREEDOM
    return Regime(
        name,
        fit.losses,
        weights @ level + level.mean(),
        fit.error(weights) if enough else np.full(count, np.nan),
        fit.settings,
        len(level) / count,
        fit.degrees_of_freedom,
    )


def difference(effects: Effects, mask: np.ndarray, first: str, second: str) -> Estimate:
    """The effect of the loss `first` minus that of `second` over the cells where `mask` holds.

    The chance of trainings is that of all losses there. NaN where they cannot be compared.
    """
    fit = _fit(effects, mask)
    unknown = Estimate(np.nan, np.nan, np.nan, 0)
    if first not in fit.losses or second not in fit.losses:
        return unknown
    contrast = np.zeros((1, len(fit.losses)))
    contrast[0, [fit.losses.index(first), fit.losses.index(second)]] = 1, -1
    if not fit.estimable(contrast):
        return unknown
    weights = contrast @ fit.inverse[: len(fit.losses)]
    trainings = int((np.abs(weights) > 1e-9).sum())
    value = float((weights @ fit.values.mean(axis=1))[0])
    if fit.degrees_of_freedom < 1:
        return Estimate(value, np.nan, np.nan, trainings)
    freedom = float(fit.degrees_of_freedom)
    return Estimate(value, float(fit.error(weights)[0]), freedom, trainings)


@dataclass(frozen=True)
class _Fit:
    """Least squares of the cells' values [cells, images] on a design [cells, terms].

    The first terms are the `losses`. `inverse` [terms, cells] is the pseudoinverse.
    """

    losses: list[str]
    settings: int
    design: Array
    inverse: Array
    values: Array
    degrees_of_freedom: int

    def estimable(self, contrasts: Array) -> bool:
        """Whether the cells determine these combinations [k, losses] of the losses' effects."""
        count = len(self.losses)
        wanted = np.zeros((len(contrasts), self.design.shape[1]))
        wanted[:, :count] = contrasts
        found = contrasts @ (self.inverse @ self.design)[:count]
        return bool(np.allclose(found, wanted, atol=1e-6))

    def error(self, weights: Array) -> Array:
        """The standard errors [k] of `weights` [k, cells] of the values.

        The chance of trainings, and that of the images: losses differ more on some images than on
        others, and the images are a sample.
        """
        rest = self.values - self.design @ (self.inverse @ self.values)
        leverage = np.square(weights).sum(axis=1)
        freedom, images = self.degrees_of_freedom, self.values.shape[1]
        variance = leverage * float(np.square(rest.mean(axis=1)).sum()) / freedom
        if images > 1:
            noise = rest - rest.mean(axis=1, keepdims=True)
            single = float(np.square(noise).sum()) / (freedom * (images - 1))
            spread = (weights @ self.values).var(axis=1, ddof=1).mean() - single * leverage.mean()
            variance = variance + max(0.0, float(spread)) / images
        return np.asarray(np.sqrt(variance))


def _fit(effects: Effects, mask: np.ndarray) -> _Fit:
    known = mask & np.isfinite(effects.level)
    cells = effects.done[known]
    losses = pd.unique(cells["fidelity"]).tolist()
    design = _design(cells, losses)
    values = effects.by_image[known]
    values = np.where(np.isfinite(values), values, effects.level[known][:, None])
    inverse, rank = _solved(design.tobytes(), design.shape) if len(cells) else (design.T, 0)
    settings = len(cells[_ADVERSARY].drop_duplicates())
    return _Fit(losses, settings, design, inverse, values, len(cells) - rank)


@lru_cache(maxsize=32)  # all axes, claims and simulated studies ask for the same few
def _solved(design: bytes, shape: tuple[int, int]) -> tuple[Array, int]:
    """The pseudoinverse of a design [cells, terms], and its rank."""
    matrix = np.frombuffer(design).reshape(shape)
    return np.asarray(np.linalg.pinv(matrix, rcond=1e-10)), int(np.linalg.matrix_rank(matrix))


def _design(cells: pd.DataFrame, losses: list[str]) -> Array:
    """The design matrix [cells, terms]: a column for each loss, and those of what else differs."""
    columns = [(cells["fidelity"].to_numpy(dtype=object)[:, None] == np.array(losses, object))]
    for axis in (*_ADVERSARY, "seed"):
        levels = cells[axis].to_numpy(dtype=object)
        names = pd.unique(cells[axis])
        if len(names) > 1:
            columns.append(levels[:, None] == np.asarray(names, dtype=object))
    return np.concatenate(columns, axis=1).astype(float)
