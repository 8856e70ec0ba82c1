"""How each judge sees each cell: z-scores within one task, generator and set, under every draw.

They are computed once and joined by `effect`, for all judges or for those that are left in.
"""

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from asymmetry.core.randomness import draws
from asymmetry.metrics.contracts import JUDGES
from asymmetry.stats.intervals import Array


@dataclass(frozen=True)
class Judged:
    """The z-scores of the done cells of one task, generator and set; higher is better.

    `cells`: all cells, `done`: those that are done, in the order of the arrays. `z` [judges, done,
    1 + draws]: draw 0 is the sample itself; NaN where a judge has no value. `by_image` [judges,
    done, images]: the same of each image, so that their mean is `z` of the sample. `own` [judges,
    done]: where the judge is the cell's own loss. `weights` [done, 1 + draws]: how often the
    cell's seed was drawn.
    """

    scope: tuple[str, str, str]
    cells: pd.DataFrame
    done: pd.DataFrame
    judges: list[str]
    z: Array
    by_image: Array
    own: NDArray[np.bool_]
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
    done = cells[cells["status"] == "done"]
    values, _ = values_by_image(done, scores[scores["set"] == scope[2]], known)
    return judge_values(cells, values, scope, known, resamples)


def judge_values(
    cells: pd.DataFrame,
    values: Array,
    scope: tuple[str, str, str],
    judges: list[str],
    resamples: int,
) -> Judged:
    """The same from values [judges, done cells, images], higher is better, NaN where none is."""
    done = cells[cells["status"] == "done"]
    seeds = sorted(done["seed"].unique())
    picks = draws(0, f"effect/{'/'.join(scope)}")
    image_weights = _with_whole(_resample(picks, resamples, values.shape[2]))
    seed_weights = _with_whole(_resample(picks, resamples, len(seeds)))
    cell_weights = seed_weights[:, np.searchsorted(seeds, done["seed"])]
    return Judged(
        scope,
        cells,
        done,
        judges,
        z_scores(values, image_weights, cell_weights),
        image_scores(values),
        np.array(judges, dtype=object)[:, None] == done["fidelity"].to_numpy(dtype=object),
        cell_weights.T,
    )


def z_scores(values: Array, images: Array, cells: Array) -> Array:
    """z-scores [judges, cells, draws] under weights of images and cells.

    `values` [judges, cells, images]: higher is better, NaN where there is no value. `images`
    [draws, images], `cells` [draws, cells]: how often each was drawn. NaN where a judge has no
    value of the cell.
    """
    found = np.empty((*values.shape[:2], len(images)))
    for judge, own in enumerate(values):
        mean, middle, width = _standard(own, images, cells.T)
        found[judge] = _over(mean - middle, width)
    return found


def image_scores(values: Array) -> Array:
    """The z-scores of `values` [judges, cells, images] of each image, on the scale of the cell's.

    From a value, the image's own level goes; the mean over the images is the cell's z-score.
    """
    images, cells = np.ones((1, values.shape[2])), np.ones((values.shape[1], 1))
    found = np.empty_like(values)
    for judge, own in enumerate(values):
        _, middle, width = _standard(own, images, cells)
        found[judge] = _over(_centred(own) - middle, width)
    return found


def _standard(judge: Array, images: Array, cells: Array) -> tuple[Array, Array, Array]:
    """Means of cells [cells, draws] for one judge [cells, images], their middle and spread [draws].

    `cells` [cells, draws] are weights.
    """
    centred = _centred(judge)
    number = np.isfinite(judge).astype(float) @ images.T
    total = np.nan_to_num(centred) @ images.T
    mean = np.divide(total, number, out=np.full(number.shape, np.nan), where=number > 0)
    weight = np.where(np.isfinite(mean), cells, 0)
    mass = np.maximum(weight.sum(0), 1e-300)
    middle = (weight * np.nan_to_num(mean)).sum(0) / mass
    variance = (weight * np.nan_to_num(mean - middle) ** 2).sum(0) / mass
    return mean, middle, np.sqrt(variance)


def _centred(judge: Array) -> Array:
    """Values [cells, images] without each image's own level.

    So an image that one cell lacks does not shift that cell's mean.
    """
    known = np.isfinite(judge)
    level = np.where(known, judge, 0).sum(0) / np.maximum(known.sum(0), 1)
    return np.where(known, judge - level, np.nan)


def _over(values: Array, width: Array) -> Array:
    """values / width; equal cells (up to rounding) have no order: 0."""
    some = width > 1e-12
    return np.where(some, values / np.where(some, width, 1), 0 * values)


def values_by_image(
    done: pd.DataFrame, scores: pd.DataFrame, judges: Sequence[str]
) -> tuple[Array, list[str]]:
    """Values [judges, done cells, images], higher is better, NaN where there is none; the images.

    `scores` are those of one set.
    """
    measured = scores[
        scores["run"].isin(done["run"]) & scores["metric"].isin(judges) & (scores["status"] == "ok")
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


def _resample(picks: np.random.Generator, resamples: int, size: int) -> Array:
    """How often each of `size` units is drawn [resamples, size]."""
    if not size:
        return np.empty((resamples, 0))
    return picks.multinomial(size, np.full(size, 1 / size), resamples).astype(float)


def _with_whole(weights: Array) -> Array:
    """The sample itself, as draw 0, before the resamples of it."""
    return np.concatenate([np.ones((1, weights.shape[1])), weights])
