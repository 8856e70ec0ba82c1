"""The effect of a loss: how good the outputs are of the generators that were trained with it.

The effect of a cell on an axis (distortion, perception, people) is the mean z-score of the axis's
judges; higher is better. Judges that oppose each other are on different axes: their mean would be
noise. A judge that is the cell's own fidelity loss does not judge that cell, or the loss would have
an advantage. 0 is this study's mean cell.

The effect of a setting joins its seeds, whose levels are taken out (`judging`).
"""

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from functools import cached_property
from typing import Any

import numpy as np
import pandas as pd

from asymmetry.analysis.judging import SETTING, Judged, judge_cells, mean_of_known, settings_of
from asymmetry.stats.arrays import Array, Integers
from asymmetry.stats.estimate import unit_means
from asymmetry.stats.intervals import t_quantile
from asymmetry.stats.reliability import Reliability, reliability
from asymmetry.tables.read import MEASURED, SCOPE, Tables, coverage
from asymmetry.tables.schemas import DONE, ENDED_BADLY, MISSING, NOT_ASSESSED

_OF_A_SETTING = ["backbone", "head", "initialisation", "frozen"]  # of its discriminator
LEAST_ALPHA = 0.5  # of the lower limit; below it, the mean of an axis is mostly noise


@dataclass(frozen=True, eq=False)
class Effects:
    """The effects on one axis within one task, generator and set: its `scope`.

    `judges` are those of the axis. `cells` are all cells, `done` those that are done. `z`
    [judges, done, images] are the judges' z-scores, NaN where one is the cell's own loss;
    `by_image` [done, images] is their mean.
    """

    scope: tuple[str, str, str, str]
    judges: list[str]
    cells: pd.DataFrame
    done: pd.DataFrame
    z: Array
    by_image: Array

    @cached_property
    def level(self) -> Array:
        """The effect of each done cell [done]; NaN where no judge has a value."""
        return mean_of_known(self.by_image, axis=1)

    @property
    def images(self) -> int:
        """The number of images."""
        return self.by_image.shape[1]

    @property
    def seeds(self) -> int:
        """The most seeds that a setting has."""
        return int(self.settings["seeds"].max())

    @cached_property
    def control(self) -> float:
        """The standard deviation between the cells without an adversary; NaN of fewer than two."""
        alone = (self.done["adversarial_weight"] == 0).to_numpy()
        values = self.level[alone]
        values = values[np.isfinite(values)]
        return float(values.std(ddof=1)) if len(values) > 1 else float("nan")

    @cached_property
    def reliability(self) -> Reliability:
        """How alike the judges see the settings."""
        member = settings_of(self.done)
        if not len(member):
            return reliability(np.empty((len(self.judges), 0)))
        means = mean_of_known(self.z, axis=2).T  # [done, judges]
        return reliability(unit_means(means, member).T)

    @cached_property
    def unreliable(self) -> str:
        """Why there is no verdict on this axis; empty where there may be one."""
        found = self.reliability
        if len(self.judges) < 2 or found.low >= LEAST_ALPHA:
            return ""
        if not np.isfinite(found.low):
            return "Too few settings have values to tell whether the judges of the axis agree."
        return (
            f"The judges of this axis do not agree: alpha {found.alpha:.2f} [{found.low:.2f}, "
            f"{found.high:.2f}], whose lower limit is below {LEAST_ALPHA}."
        )

    @cached_property
    def settings(self) -> pd.DataFrame:
        """A row for each setting (fidelity, discriminator, weight): the table `effect`.

        `low`, `high`: 95 %, by Student's t with the differences between repeated trainings of all
        settings of the regime, and between images; NaN where nothing was repeated.
        """
        return _settings(self)

    @cached_property
    def coverage(self) -> str:
        """How many settings there are, and what became of them, in words."""
        member, done = settings_of(self.cells), (self.cells["status"] == DONE).to_numpy()
        states = np.full(int(member.max(initial=-1)) + 1, MISSING, dtype=object)
        for state in reversed(ENDED_BADLY):
            states[member[(self.cells["status"] == state).to_numpy()]] = state
        states[member[done][np.isfinite(self.level)]] = DONE
        return str(coverage(pd.Series(states))).replace("cells", "settings")


def all_judged(tables: Tables, judges: Sequence[str], primary: str | None = None) -> list[Judged]:
    """The z-scores of every task, generator and set of the tables, the `primary` set first."""
    known = pd.unique(tables.scores["set"]).tolist() or [""]
    sets = sorted(known, key=lambda name: name != primary)
    return [
        judge_cells(cells, tables.scores, (*map(str, scope), name), judges)
        for scope, cells in tables.cells.groupby(MEASURED[:2], sort=False)
        for name in sets
    ]


def effects_of(judged: Judged, axis: str, judges: Sequence[str]) -> Effects:
    """The effects on an axis, as those of these judges see them that have numbers."""
    indices = [judged.judges.index(judge) for judge in judges if judge in judged.judges]
    z = np.where(judged.own_loss[indices][:, :, None], np.nan, judged.z[indices])
    return Effects(
        (*judged.scope, axis),
        [judged.judges[index] for index in indices],
        judged.cells,
        judged.done,
        z,
        mean_of_known(z, axis=0) if indices else np.full(judged.z.shape[1:], np.nan),
    )


def effects_on_axes(
    judged: Judged, axes: Mapping[str, Sequence[str]], without: Collection[str] = ()
) -> list[Effects]:
    """The effects on every axis that has a judge with numbers, but for the judges `without`."""
    found = []
    for axis, named in axes.items():
        judges = [judge for judge in named if judge in judged.judges and judge not in without]
        if judges:
            found.append(effects_of(judged, axis, judges))
    return found


def reliability_row(effects: Effects) -> dict[str, object]:
    """The row of the table `reliability`."""
    found = effects.reliability
    alone = (
        "One judge: verdicts on this axis are about it alone." if len(effects.judges) < 2 else ""
    )
    return dict(zip(SCOPE, effects.scope, strict=True)) | {
        "judges": " ".join(effects.judges),
        "settings": int(effects.settings["value"].notna().sum()),
        "alpha": found.alpha,
        "low": found.low,
        "high": found.high,
        "first_share": found.first_share,
        "effective": found.effective,
        "note": effects.unreliable or alone,
    }


def _settings(effects: Effects) -> pd.DataFrame:
    cells = effects.cells
    done = cells["status"] == DONE
    ended = {state: cells["status"] == state for state in ENDED_BADLY}
    shown = [column for column in _OF_A_SETTING if column in cells]
    used = cells["seed"].where(done)
    groups = cells.assign(done=done, used=used, **ended).groupby(SETTING, sort=False)
    rows = (
        groups[shown]
        .first()
        .assign(
            planned=groups.size(),
            done=groups["done"].sum(),
            **{state: groups[state].sum() for state in ENDED_BADLY},
            images=effects.images,
            seeds=groups["used"].nunique(),
            runs=groups["run"].agg(lambda runs: " ".join(sorted(runs))),
        )
        .reset_index()
    )
    member: Integers = groups.ngroup()[done].to_numpy().astype(np.int64)
    value, error, freedom = _means(effects, member, len(rows))
    half = np.array([t_quantile(one) if one > 0 else np.nan for one in freedom]) * error
    rows = rows.assign(
        value=value, low=value - half, high=value + half,
        **dict(zip(SCOPE, effects.scope, strict=True)),
    )  # fmt: skip
    rows["status"] = [_status(row) for row in rows.to_dict("records")]
    rows["judges"] = [
        " ".join(judge for judge in effects.judges if judge != loss) for loss in rows["fidelity"]
    ]
    return rows


def _means(effects: Effects, member: Integers, count: int) -> tuple[Array, Array, Array]:
    """Value, standard error and degrees of freedom of each setting [settings]."""
    value, error, freedom = np.full((3, count), np.nan)
    known = np.isfinite(effects.level)
    if not known.any():
        return value, error, freedom
    names, place, sizes = np.unique(member[known], return_inverse=True, return_counts=True)
    means = unit_means(effects.by_image[known], member[known])
    value[names] = unit_means(effects.level[known][:, None], member[known])[:, 0]
    rest = effects.level[known] - value[names][place]
    alone = (effects.done["adversarial_weight"] == 0).to_numpy()[known]
    of_images = np.nanvar(means, axis=1, ddof=1) / effects.images if effects.images > 1 else 0
    seeds = effects.done["seed"].to_numpy()[known]
    for regime in (True, False):
        mine = alone == regime
        # Levels of seeds are estimated too: a degree of freedom each but one.
        spent = len(np.unique(place[mine])) + max(len(np.unique(seeds[mine])) - 1, 0)
        rows = names[np.unique(place[mine])]
        freedom[rows] = mine.sum() - spent
        if mine.sum() > spent:
            error[rows] = np.square(rest[mine]).sum() / (mine.sum() - spent)
    error[names] = np.sqrt(error[names] / sizes + of_images)
    return value, error, freedom


def _status(setting: Mapping[Any, Any]) -> str:
    """What became of a setting: any seed with a value makes it done."""
    if np.isfinite(setting["value"]):
        return DONE
    ended = next((state for state in ENDED_BADLY if setting[state]), None)
    return ended or (NOT_ASSESSED if setting["done"] else MISSING)
