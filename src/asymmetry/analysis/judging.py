"""How each judge sees each cell: z-scores within one task, generator and set, in every draw.

They are computed once. `effect` joins them, of all judges or of some.
"""

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from asymmetry.core.randomness import draws
from asymmetry.metrics.contracts import JUDGES
from asymmetry.stats.arrays import Array, Integers
from asymmetry.stats.resampling import resampled_counts
from asymmetry.tables.schemas import DONE, OK


@dataclass(frozen=True)
class Judged:
    """The z-scores of the done cells of one task, generator and set; higher is better.

    `cells` are all cells; `done` are those that are done, in the order of the arrays. `z` [judges,
    done, 1 + draws]: draw 0 is the sample itself; NaN where a judge has no value. `by_image`
    [judges, done, images] are those of each image, whose mean is `z` of the sample. `own_loss`
    [judges, done]: where the judge is the cell's own loss. `weights` [done, 1 + draws]: how often
    the cell's seed was drawn.
    """

    scope: tuple[str, str, str]
    cells: pd.DataFrame
    done: pd.DataFrame
    judges: list[str]
    z: Array
    by_image: Array
    own_loss: NDArray[np.bool_]
    weights: Array

    @property
    def images(self) -> int:
        """The number of images."""
        return self.by_image.shape[-1]


def judge_cells(
    cells: pd.DataFrame,
    scores: pd.DataFrame,
    scope: tuple[str, str, str],
    judges: Sequence[str],
    resamples: int,
) -> Judged:
    """The z-scores of the cells of a scope, under `resamples` draws of its images and seeds."""
    measured = set(scores["metric"].unique())
    known = [judge for judge in judges if judge in measured]
    done = cells[cells["status"] == DONE]
    values, _ = values_by_image(done, scores[scores["set"] == scope[2]], known)
    return judge_values(cells, values, scope, known, resamples)


def judge_values(
    cells: pd.DataFrame,
    values: Array,
    scope: tuple[str, str, str],
    judges: list[str],
    resamples: int,
) -> Judged:
    """The same from values [judges, done cells, images]: higher is better, NaN where none is."""
    done = cells[cells["status"] == DONE]
    seeds = sorted(done["seed"].unique())
    rng = draws(0, f"effect/{'/'.join(scope)}")
    image_weights = _with_sample(resampled_counts(rng, values.shape[2], resamples))
    seed_weights = _with_sample(resampled_counts(rng, len(seeds), resamples))
    cell_weights = seed_weights[:, np.searchsorted(seeds, done["seed"])]
    return Judged(
        scope,
        cells,
        done,
        judges,
        z_scores(values, image_weights, cell_weights),
        image_scores(values),
        own_losses(done, judges),
        cell_weights.T,
    )


def own_losses(cells: pd.DataFrame, judges: Sequence[str]) -> NDArray[np.bool_]:
    """Where a judge is the cell's own fidelity loss [judges, cells]."""
    return np.array(judges, dtype=object)[:, None] == cells["fidelity"].to_numpy(dtype=object)


def z_scores(values: Array, images: Array, cells: Array) -> Array:
    """z-scores [judges, cells, draws] under weights of images and cells.

    `values` [judges, cells, images]: higher is better, NaN where there is no value. `images`
    [draws, images], `cells` [draws, cells]: how often each was drawn. NaN where a judge has no
    value of the cell.
    """
    found = np.empty((*values.shape[:2], len(images)))
    for judge, of_judge in enumerate(values):
        means, centre, scale = _moments(of_judge, images, cells.T)
        found[judge] = _scaled(means - centre, scale)
    return found


def image_scores(values: Array) -> Array:
    """The z-scores of single images, of `values` [judges, cells, images].

    The level of each image is subtracted. The mean over the images is the cell's z-score.
    """
    images, cells = np.ones((1, values.shape[2])), np.ones((values.shape[1], 1))
    found = np.empty_like(values)
    for judge, of_judge in enumerate(values):
        _, centre, scale = _moments(of_judge, images, cells)
        found[judge] = _scaled(_centred(of_judge) - centre, scale)
    return found


def _moments(judge: Array, images: Array, cells: Array) -> tuple[Array, Array, Array]:
    """For one judge [cells, images]: the means of cells [cells, draws], and centre and scale.

    Centre and scale are the mean and the standard deviation of these means [draws]. `images`
    [draws, images] and `cells` [cells, draws] are weights.
    """
    centred = _centred(judge)
    number = np.isfinite(judge).astype(float) @ images.T
    total = np.nan_to_num(centred) @ images.T
    means = np.divide(total, number, out=np.full(number.shape, np.nan), where=number > 0)
    weight = np.where(np.isfinite(means), cells, 0)
    mass = np.maximum(weight.sum(0), 1e-300)
    centre = (weight * np.nan_to_num(means)).sum(0) / mass
    variance = (weight * np.nan_to_num(means - centre) ** 2).sum(0) / mass
    return means, centre, np.sqrt(variance)


def _centred(judge: Array) -> Array:
    """Values [cells, images] less the level of each image.

    Thus an image that one cell lacks does not shift that cell's mean.
    """
    known = np.isfinite(judge)
    level = np.where(known, judge, 0).sum(0) / np.maximum(known.sum(0), 1)
    return np.where(known, judge - level, np.nan)


def _scaled(values: Array, scale: Array) -> Array:
    """values / scale; 0 where the cells are equal (up to rounding), since they have no order."""
    differ = scale > 1e-12
    return np.where(differ, values / np.where(differ, scale, 1), 0 * values)


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


def _with_sample(counts: Integers) -> Array:
    """The weights of the sample itself, as draw 0, before the counts [draws, units]."""
    return np.concatenate([np.ones((1, counts.shape[1])), counts])
