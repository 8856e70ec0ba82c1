"""The effect of a loss: how good the outputs are of the generators that were trained with it.

The effect of a cell is the mean over the judges of its z-score. A judge's z-scores are among all
done cells of one task, generator and set, and higher is better. They are of the cell's mean over
the images, so all judges have equal weight, however much the images differ. A judge that is the
cell's own fidelity loss does not judge that cell, or the loss would have an advantage.

The effect of a setting joins its seeds. All cells of a seed share a warm start and crops, and these
may matter more than the loss. So the effects of the seeds are subtracted first (`level_seeds`):
where settings have different seeds, a loss would else be judged by the seeds that it had.
"""

from collections.abc import Collection, Sequence
from dataclasses import dataclass
from functools import cached_property

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from asymmetry.analysis.judging import Judged, judge_cells
from asymmetry.stats.arrays import Array, Integers
from asymmetry.stats.intervals import intervals
from asymmetry.tables.read import SCOPE, Tables, coverage
from asymmetry.tables.schemas import DIVERGED, DONE, MISSING, NOT_ASSESSED

SETTING = ["fidelity", "discriminator", "adversarial_weight"]
_OF_A_SETTING = ["backbone", "head", "initialisation", "frozen"]  # of its discriminator


@dataclass(frozen=True, eq=False)
class Effects:
    """The effects within one task, generator and set: its `scope`.

    `settings` has a row for each setting (fidelity, discriminator, weight), which joins its seeds,
    with its `value`. `draws` [settings, draws] are the same effects under the bootstrap of images
    and seeds; NaN where a setting has no value in a draw. The draws are shared, so differences are
    paired. `by_seed` [settings, seeds] and `by_image` [settings, images] are the effects of each
    seed and of each image.
    """

    scope: tuple[str, str, str]
    settings: pd.DataFrame
    draws: Array
    by_seed: Array
    by_image: Array

    @property
    def seeds(self) -> int:
        """The most seeds that a setting has."""
        return int(self.settings["seeds"].max())

    @cached_property
    def table(self) -> pd.DataFrame:
        """The settings with the 95 % intervals of their effects: the table `effect`."""
        low, high = intervals(self.draws)
        return self.settings.assign(low=low, high=high)

    @cached_property
    def coverage(self) -> str:
        """How many settings there are, and what became of them, in words."""
        states = self.settings["status"]
        counts = coverage(states.where(states != NOT_ASSESSED, MISSING))
        return str(counts).replace("cells", "settings")


def all_judged(tables: Tables, judges: Sequence[str], resamples: int) -> list[Judged]:
    """The z-scores of every task, generator and set of the tables, with `resamples` draws each."""
    sets = pd.unique(tables.scores["set"]).tolist() or [""]
    return [
        judge_cells(cells, tables.scores, (*map(str, scope), name), judges, resamples)
        for scope, cells in tables.cells.groupby(SCOPE[:2], sort=False)
        for name in sets
    ]


def effects_of(judged: Judged, without: Collection[str] = ()) -> Effects:
    """The effects, as all judges but those `without` see them."""
    indices = [index for index, judge in enumerate(judged.judges) if judge not in without]
    kept = [judged.judges[index] for index in indices]
    own_loss = judged.own_loss[indices]
    cells = mean_over_judges(judged.z[indices], own_loss)
    member, seeds = _members(judged), judged.done["seed"].to_numpy()
    draws = _joined(member, seeds, cells, judged.weights)
    images = mean_over_judges(judged.by_image[indices], own_loss)
    return Effects(
        judged.scope,
        _settings(judged, draws[:, 0], kept),
        draws[:, 1:],
        _by_seed(seeds, member, cells[:, 0]),
        _joined(member, seeds, images, np.ones_like(images)),
    )


def mean_over_judges(z: Array, own_loss: NDArray[np.bool_]) -> Array:
    """The mean [cells, draws] of z-scores [judges, cells, draws]; NaN where no judge has a value.

    `own_loss` [judges, cells]: where the judge is the cell's own loss. That z-score does not count
    in the effect of the cell, though other cells are compared with this one.
    """
    total = np.zeros(z.shape[1:])
    count = np.zeros_like(total)
    for judge, own in zip(z, own_loss, strict=True):
        known = np.isfinite(judge) & ~own[:, None]
        total[known] += judge[known]
        count += known
    return np.divide(total, count, out=np.full_like(total, np.nan), where=count > 0)


def _members(judged: Judged) -> Array:
    """Which done cells belong to each setting [settings, done], settings in order of appearance."""
    keys = judged.cells[SETTING].drop_duplicates()
    row = {key: index for index, key in enumerate(keys.itertuples(index=False, name=None))}
    member = np.zeros((len(keys), len(judged.done)))
    for column, key in enumerate(judged.done[SETTING].itertuples(index=False, name=None)):
        member[row[key], column] = 1
    return member


def _joined(member: Array, seeds: Integers, values: Array, weights: Array) -> Array:
    """The mean [settings, draws] of each setting over its seeds, less the effects of the seeds."""
    return _weighted_mean(member, level_seeds(member, seeds, values, weights), weights)


def level_seeds(member: Array, seeds: Integers, values: Array, weights: Array) -> Array:
    """Values [cells, draws] less the effects of their `seeds` [cells], of mean zero over the cells.

    Weighted least squares of value = setting + seed in each draw; `member` [settings, cells]. Where
    all settings have the same seeds, no setting's mean changes. Seeds that have no setting in
    common cannot be compared, and their values do not change.
    """
    names = np.unique(seeds)
    of_seed = (seeds == names[:, None]).astype(float)  # [seeds, cells]
    known = np.isfinite(values)
    weights, values = np.where(known, weights, 0), np.nan_to_num(values)
    mass = member @ weights
    share = np.divide(1, mass, out=np.zeros_like(mass), where=mass > 0)
    mean = share * (member @ (weights * values))  # [settings, draws]
    # The normal equations of the seeds, after elimination of the settings.
    crossed = np.einsum("sc,kc,cd->dks", member, of_seed, weights)
    shared = np.einsum("dks,sd,dls->dkl", crossed, share, crossed)
    of_each = np.einsum("kc,cd->dk", of_seed, weights)
    normal = of_each[:, :, None] * np.eye(len(names)) - shared
    residuals = np.einsum("kc,cd->dk", of_seed, weights * (values - member.T @ mean))
    inverse = np.linalg.pinv(normal, rcond=1e-9, hermitian=True)
    offsets = np.einsum("dkl,dl->dk", inverse, residuals)
    total = of_each.sum(1, keepdims=True)
    offsets -= (of_each * offsets).sum(1, keepdims=True) / np.maximum(total, 1)
    return np.where(known, values - of_seed.T @ offsets.T, np.nan)


def _weighted_mean(member: Array, values: Array, weights: Array) -> Array:
    """The mean [settings, draws] of the finite values of each setting; NaN where there is none."""
    weights = np.where(np.isfinite(values), weights, 0)
    mass = member @ weights
    total = member @ (weights * np.nan_to_num(values))
    return np.divide(total, mass, out=np.full(mass.shape, np.nan), where=mass > 0)


def _by_seed(seeds: Integers, member: Array, values: Array) -> Array:
    """The effects [settings, seeds] in each seed alone, of the cells' `values` [cells]."""
    columns = [
        _weighted_mean(member, values[:, None], (seeds == seed).astype(float)[:, None])
        for seed in np.unique(seeds)
    ]
    return np.concatenate(columns, axis=1) if columns else np.empty((len(member), 0))


def _settings(judged: Judged, value: Array, judges: list[str]) -> pd.DataFrame:
    """A row for each setting: what it is, its effect, and what became of its cells."""
    cells = judged.cells
    done, diverged = ((cells["status"] == state) for state in (DONE, DIVERGED))
    shown = [column for column in _OF_A_SETTING if column in cells]
    groups = cells.assign(done=done, diverged=diverged, used=cells["seed"].where(done)).groupby(
        SETTING, sort=False
    )
    rows = (
        groups[shown]
        .first()
        .assign(
            value=value,
            planned=groups.size(),
            done=groups["done"].sum(),
            diverged=groups["diverged"].sum(),
            images=judged.images,
            seeds=groups["used"].nunique(),
            runs=groups["run"].agg(lambda runs: " ".join(sorted(runs))),
        )
    )
    rows = rows.reset_index().assign(**dict(zip(SCOPE, judged.scope, strict=True)))
    rows["status"] = [
        _status(done, diverged, value)
        for done, diverged, value in rows[["done", "diverged", "value"]].itertuples(index=False)
    ]
    rows["judges"] = [
        " ".join(judge for judge in judges if judge != loss) for loss in rows["fidelity"]
    ]
    return rows


def _status(done: int, diverged: int, value: float) -> str:
    """What became of a setting: any seed with a value makes it done."""
    if np.isfinite(value):
        return DONE
    if diverged:
        return DIVERGED
    return NOT_ASSESSED if done else MISSING
