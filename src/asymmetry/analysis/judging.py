"""How each judge sees each cell: z-scores within one task, generator and set.

The cells of a seed share a warm start and crops, which may matter more than the loss. So the level
of each seed is taken out first, image by image, and a judge's z-scores are standardised by what is
left: a judge that sees mostly the seeds would else weigh less than the others.
"""

from collections.abc import Sequence
from dataclasses import dataclass, replace

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from asymmetry.analysis.balance import BALANCE, balance
from asymmetry.metrics.contracts import JUDGES
from asymmetry.stats.arrays import Array, Integers
from asymmetry.tables.schemas import DONE, OK

SETTING = ["fidelity", "discriminator", "adversarial_weight"]


@dataclass(frozen=True)
class Judged:
    """The z-scores of the done cells of one task, generator and set; higher is better.

    `cells` are all cells; `done` are those that are done, in the order of the arrays. `z` [judges,
    done, images]: NaN where a judge has no value. The mean over a cell's images is its z-score; the
    mean over all cells is 0. `own_loss` [judges, done]: where the judge is the cell's own loss. The
    balance of artifacts, where it is among the judges, is as it is, the last one.
    """

    scope: tuple[str, str, str]
    cells: pd.DataFrame
    done: pd.DataFrame
    judges: list[str]
    z: Array
    own_loss: NDArray[np.bool_]

    @property
    def images(self) -> int:
        """The number of images."""
        return self.z.shape[-1]


def judge_cells(
    cells: pd.DataFrame, scores: pd.DataFrame, scope: tuple[str, str, str], judges: Sequence[str]
) -> Judged:
    """The z-scores of the cells of a scope."""
    measured = set(scores["metric"].unique())
    known = [judge for judge in judges if judge in measured]
    done = cells[cells["status"] == DONE]
    of_set = scores[scores["set"] == scope[2]]
    values, images = values_by_image(done, of_set, known)
    judged = judge_values(cells, values, scope, known)
    return _with_balance(judged, of_set, images) if BALANCE in judges else judged


def _with_balance(judged: Judged, scores: pd.DataFrame, images: list[str]) -> Judged:
    """The same with the balance of artifacts as one more judge, where it is known."""
    found = balance(judged.done, scores, images)
    if found is None:
        return judged
    names = [*judged.judges, BALANCE]
    own = own_losses(judged.done, names)
    others = judged.z if images else np.empty((len(judged.judges), *found.shape))
    return replace(judged, judges=names, z=np.concatenate([others, found[None]]), own_loss=own)


def judge_values(
    cells: pd.DataFrame, values: Array, scope: tuple[str, str, str], judges: list[str]
) -> Judged:
    """The same from values [judges, done cells, images]: higher is better, NaN where none is."""
    done = cells[cells["status"] == DONE]
    z = z_scores(values, settings_of(done), done["seed"].to_numpy())
    return Judged(scope, cells, done, judges, z, own_losses(done, judges))


def settings_of(cells: pd.DataFrame) -> Integers:
    """A number for the setting of each cell [cells], in order of appearance."""
    return codes_of(cells, SETTING)


def codes_of(table: pd.DataFrame, columns: Sequence[str]) -> Integers:
    """A number for each combination of these columns [rows], in order of appearance."""
    codes = np.zeros(len(table), dtype=np.int64)
    for column in columns:
        own, names = pd.factorize(table[column], use_na_sentinel=False)
        codes = codes * max(len(names), 1) + own
    return np.asarray(pd.factorize(codes)[0], dtype=np.int64)


def own_losses(cells: pd.DataFrame, judges: Sequence[str]) -> NDArray[np.bool_]:
    """Where a judge is the cell's own fidelity loss [judges, cells]."""
    return np.array(judges, dtype=object)[:, None] == cells["fidelity"].to_numpy(dtype=object)


def z_scores(values: Array, settings: Integers, seeds: Integers) -> Array:
    """z-scores [judges, cells, images] of values [judges, cells, images]; NaN where none is.

    `settings`, `seeds` [cells]. The level of each image, and that of each seed on each image, are
    subtracted; the standard deviation is that of the cells' means. 0 where all cells are equal.
    """
    found = np.empty_like(values)
    for judge, of_judge in enumerate(values):
        level = level_seeds(_centred(of_judge), settings, seeds)
        means = mean_of_known(level, axis=1)
        known = np.isfinite(means)
        centre = means[known].mean() if known.any() else 0.0
        scale = means[known].std() if known.any() else 0.0
        found[judge] = (level - centre) / scale if scale > 1e-12 else 0 * level
    return found


def level_seeds(values: Array, settings: Integers, seeds: Integers) -> Array:
    """Values [cells, images] less the effects of their `seeds`, of mean zero over the cells.

    Least squares of value = setting + seed on each image; `settings`, `seeds` [cells]. Where all
    settings have the same seeds, no setting's mean changes. Seeds that have no setting in common
    cannot be compared, and their values do not change. A cell that lacks an image counts there with
    its mean over the others; one without any value does not count.
    """
    means = mean_of_known(values, axis=1)
    known = np.isfinite(means)
    names = np.unique(seeds[known])
    if len(names) < 2:
        return values
    filled = np.where(np.isfinite(values), values, means[:, None])[known]
    _, setting = np.unique(settings[known], return_inverse=True)
    member = np.eye(int(setting.max()) + 1)[setting]
    of_seed = (seeds[known][:, None] == names).astype(float)
    share = member / member.sum(0)
    rest = of_seed - member @ (share.T @ of_seed)  # of the seeds, what no setting explains
    offsets = np.linalg.pinv(rest.T @ rest, rcond=1e-9, hermitian=True) @ (rest.T @ filled)
    shifts = of_seed @ offsets
    levelled = values.copy()
    levelled[known] -= shifts - shifts.mean(axis=0)
    return levelled


def mean_of_known(values: Array, axis: int | tuple[int, ...]) -> Array:
    """The mean of the finite values along an axis; NaN where there is none."""
    known = np.isfinite(values)
    count = known.sum(axis)
    total = np.where(known, values, 0).sum(axis)
    return np.divide(total, count, out=np.full(total.shape, np.nan), where=count > 0)


def _centred(judge: Array) -> Array:
    """Values [cells, images] less the level of each image.

    Thus an image that one cell lacks does not shift that cell's mean.
    """
    return judge - np.nan_to_num(mean_of_known(judge, axis=0))


def values_by_image(
    done: pd.DataFrame, scores: pd.DataFrame, judges: Sequence[str]
) -> tuple[Array, list[str]]:
    """Values [judges, done cells, images], and the names of the images, of the `scores` of one set.

    Higher is better; NaN where there is no value.
    """
    measured = scores[
        scores["run"].isin(done["run"]) & scores["metric"].isin(judges) & (scores["status"] == OK)
    ]
    images = sorted(measured["image"].unique())
    wide = measured.pivot_table(index=["metric", "run"], columns="image", values="value")
    index = pd.MultiIndex.from_product([judges, done["run"]])
    table = wide.reindex(index=index, columns=images).to_numpy(dtype=np.float64, copy=True)
    values: Array = table.reshape(len(judges), len(done), len(images))
    values[~np.isfinite(values)] = np.nan
    for judge, name in enumerate(judges):
        if not JUDGES[name].higher_is_better:
            values[judge] *= -1
    return values, images
