"""O, the effect of a loss: how good the outputs are of the generators that were trained with it.

O of a cell is the mean over the judges of its z-score within the judge, among all done cells of one
task, generator and set; the sign is fixed so that higher is better. The z-score is of the cell's
mean over the images, so all judges weigh the same however much the images differ. A judge that is
the cell's own fidelity loss does not judge that cell: a loss would win on its own ground.
"""

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from asymmetry.analysis.tables import SCOPE, Tables, coverage
from asymmetry.metrics.contracts import METRICS
from asymmetry.randomness import draws

SETTING = ["fidelity", "discriminator", "adversarial_weight"]
LEVEL = 95.0
Array = NDArray[np.float64]


@dataclass(frozen=True)
class Effects:
    """The effects within one task, generator and set.

    `table`: a row for each setting (fidelity, discriminator, weight), which joins its seeds.
    `draws` [settings, draws]: the same effects under the hierarchical bootstrap, image x seed; NaN
    where a setting has no value in a draw. The draws are shared, so differences are paired.
    """

    table: pd.DataFrame
    draws: Array


def all_effects(tables: Tables, judges: Sequence[str], resamples: int) -> list[Effects]:
    """The effects of every task, generator and set of the tables, with `resamples` draws each."""
    cells = tables.cells
    sets = pd.unique(tables.scores["set"]).tolist() or [""]
    return [
        _effects(own, tables.scores, (*map(str, scope), name), judges, resamples)
        for scope, own in cells.groupby(SCOPE[:2], sort=False)
        for name in sets
    ]


def interval(values: Array) -> tuple[Array, Array]:
    """The percentile interval (95 %) along the last axis; NaN where there is nothing to rank."""
    low = np.full(values.shape[:-1], np.nan)
    high = low.copy()
    some = np.isfinite(values).any(axis=-1)
    if some.any():
        ends = [50 - LEVEL / 2, 50 + LEVEL / 2]
        low[some], high[some] = np.nanpercentile(values[some], ends, axis=-1)
    return low, high


def z_scores(values: Array, own: NDArray[np.bool_], images: Array, cells: Array) -> Array:
    """Effects of cells under weights of images and cells.

    `values` [judges, cells, images]: higher is better, NaN where there is no value. `own` [judges,
    cells]: where the judge is the cell's own loss; the cell counts among those it is compared with,
    but this z-score not in its effect. `images` [draws, images], `cells` [draws, cells]: how often
    each was drawn. Returns [cells, draws]; NaN where no judge has a value of the cell.
    """
    total = np.zeros((values.shape[1], len(images)))
    count = np.zeros_like(total)
    for judge, own_loss in zip(values, own, strict=True):
        z = _z_score_of(judge, images, cells.T)
        known = np.isfinite(z) & ~own_loss[:, None]
        total[known] += z[known]
        count += known
    return np.divide(total, count, out=np.full_like(total, np.nan), where=count > 0)


def _z_score_of(judge: Array, images: Array, cells: Array) -> Array:
    """z-scores [cells, draws] of one judge [cells, images]; `cells` [cells, draws] are weights."""
    known = np.isfinite(judge)
    # Without each image's own level, an image that one cell lacks does not shift that cell's mean.
    level = np.where(known, judge, 0).sum(0) / np.maximum(known.sum(0), 1)
    centred = np.where(known, judge - level, 0)
    number = known.astype(float) @ images.T
    mean = np.divide(
        centred @ images.T, number, out=np.full(number.shape, np.nan), where=number > 0
    )
    weight = np.where(np.isfinite(mean), cells, 0)
    mass = np.maximum(weight.sum(0), 1e-300)
    middle = (weight * np.nan_to_num(mean)).sum(0) / mass
    spread = np.sqrt((weight * np.nan_to_num(mean - middle) ** 2).sum(0) / mass)
    # Equal cells (up to rounding) have no order: z = 0.
    return np.where(spread > 1e-12, (mean - middle) / np.where(spread > 1e-12, spread, 1), 0 * mean)


def _effects(
    cells: pd.DataFrame,
    scores: pd.DataFrame,
    scope: tuple[str, str, str],
    judges: Sequence[str],
    resamples: int,
) -> Effects:
    known = [judge for judge in judges if judge in set(scores["metric"])]
    done = cells[cells["status"] == "done"]
    values, images = _values(done, scores[scores["set"] == scope[2]], known)
    seeds = sorted(done["seed"].unique())
    picks = draws(0, f"effect/{'/'.join(scope)}")
    image_weights = _with_whole(_resample(picks, resamples, images))
    seed_weights = _with_whole(_resample(picks, resamples, len(seeds)))
    cell_weights = seed_weights[:, np.searchsorted(seeds, done["seed"])]
    own_loss = np.array(known)[:, None] == done["fidelity"].to_numpy()
    cell_draws = z_scores(values, own_loss, image_weights, cell_weights)

    rows, setting_draws = [], []
    for setting, own in cells.groupby(SETTING, sort=False):
        place = np.flatnonzero(done["run"].isin(own["run"]))
        mean = _weighted_mean(cell_draws[place], cell_weights.T[place])
        low, high = interval(mean[1:])
        used = own[own["run"].isin(done["run"].iloc[place])]
        counts = coverage(own["status"])
        rows.append(
            dict(zip([*SCOPE, *SETTING], (*scope, *setting), strict=True))
            | {"value": mean[0], "low": float(low), "high": float(high)}
            | {"status": _status(counts.done, counts.diverged, mean[0]), "planned": counts.planned}
            | {"done": counts.done, "diverged": counts.diverged, "images": images}
            | {"seeds": used["seed"].nunique(), "runs": " ".join(sorted(own["run"]))}
            | {"judges": " ".join(judge for judge in known if judge != setting[0])}
        )
        setting_draws.append(mean[1:])
    return Effects(pd.DataFrame(rows), np.array(setting_draws))


def _values(done: pd.DataFrame, scores: pd.DataFrame, judges: list[str]) -> tuple[Array, int]:
    """Values [judges, cells, images], higher is better, and the number of images."""
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
        if not METRICS[name].higher_is_better:
            values[judge] *= -1
    return values, len(images)


def _resample(picks: np.random.Generator, resamples: int, size: int) -> Array:
    """How often each of `size` units is drawn [resamples, size]."""
    share = np.full(size, 1 / size) if size else np.empty(0)
    return (
        picks.multinomial(size, share, resamples).astype(float)
        if size
        else np.empty((resamples, 0))
    )


def _with_whole(weights: Array) -> Array:
    """The sample itself, as draw 0, before the resamples of it."""
    return np.concatenate([np.ones((1, weights.shape[1])), weights])


def _weighted_mean(values: Array, weights: Array) -> Array:
    """The mean over the first axis of the values that are there; NaN where none is."""
    weights = np.where(np.isfinite(values), weights, 0)
    mass = weights.sum(0)
    total = (weights * np.nan_to_num(values)).sum(0)
    return np.divide(total, mass, out=np.full(mass.shape, np.nan), where=mass > 0)


def _status(done: int, diverged: int, value: float) -> str:
    """What became of a setting: any seed with a value makes it done."""
    if np.isfinite(value):
        return "done"
    if diverged:
        return "diverged"
    return "not assessed" if done else "missing"
