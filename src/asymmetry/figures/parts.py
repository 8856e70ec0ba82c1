"""What several figures share: the metrics that they show, and the words of captions."""

from collections.abc import Collection, Sequence
from typing import Any

import numpy as np
import pandas as pd

from asymmetry.metrics.contracts import JUDGES
from asymmetry.study import Study
from asymmetry.tables.read import SCOPE, Tables
from asymmetry.tables.schemas import ENDED_BADLY, OK

NO_CELLS = "no cells yet"
_DISTORTION = ("psnr_y", "psnr", "ssim_y", "ssim")
_UNITS = {"psnr_y": "dB", "psnr": "dB"}
EFFECT = "effect"
_DODGED = 0.3  # so that the marks of one place do not reach those of the next


def distortion_metric(study: Study) -> str:
    """The metric of the distortion axis: PSNR on Y where it is measured."""
    measured = study.evaluation.metrics
    return next((name for name in _DISTORTION if name in measured), measured[0])


def perceptual_metric(study: Study, scores: pd.DataFrame) -> str:
    """The metric of the perceptual axis, of those that have values.

    It is LPIPS, else a no-reference judge, else a metric of the DISTS family, else the first judge
    that is not a distortion metric. Where there is none of these, it is the effect.
    """
    measured = set(scores.loc[scores["status"] == OK, "metric"])
    evaluation = study.evaluation
    metrics = [name for name in evaluation.all_metrics if name in measured]
    judges = [*evaluation.perception, *evaluation.distortion]
    judges = [name for name in judges if name in measured and name not in _DISTORTION]
    preferred = [
        *(name for name in metrics if name.startswith("lpips-")),
        *(name for name in judges if not JUDGES[name].full_reference),
        *(name for name in metrics if name.startswith("dists-")),
        *judges,
    ]
    return next(iter(preferred), EFFECT)


def direction(metric: str) -> str:
    """A metric with its unit and the way it improves: `psnr_y (dB, higher is better)`."""
    if metric == EFFECT:
        return "effect (higher is better)"
    better = f"{'lower' if lower_is_better(metric) else 'higher'} is better"
    return f"{metric} ({', '.join(filter(None, [_UNITS.get(metric), better]))})"


def with_arrow(metric: str) -> str:
    """A metric for a title: `psnr_y dB ↑`."""
    words = [metric, _UNITS.get(metric), "↓" if lower_is_better(metric) else "↑"]
    return " ".join(filter(None, words))


def lower_is_better(metric: str) -> bool:
    """Whether an axis of the metric must be turned round for better to be up or right."""
    return metric != EFFECT and not JUDGES[metric].higher_is_better


def effects(tables: Tables, study: Study) -> pd.DataFrame:
    """The numbers of a figure of effects: a row for each setting, the mean over its seeds."""
    return tables.effect


def ended_badly(states: Collection[str]) -> str:
    """How trainings of these states ended badly, for a legend; empty where none did."""
    return " or ".join(state for state in ENDED_BADLY if state in states)


def scopes(
    numbers: pd.DataFrame, of: Sequence[str] = tuple(SCOPE)
) -> list[tuple[str, pd.DataFrame]]:
    """The rows of each task, generator, set and, if there is one, axis; with its name in words."""
    columns = [column for column in of if column in numbers]
    return [
        (" · ".join(map(str, scope)), rows)
        for scope, rows in numbers.groupby(columns, sort=False)
        if isinstance(scope, tuple)
    ]


def short_scopes(
    numbers: pd.DataFrame, of: Sequence[str] = tuple(SCOPE)
) -> list[tuple[str, pd.DataFrame]]:
    """The same, named by what is not alike in all; by the whole where there is only one."""
    found = scopes(numbers, of)
    varying = [column for column in of if column in numbers and numbers[column].nunique() > 1]
    if len(found) < 2:
        return found
    return [(" · ".join(map(str, rows[varying].iloc[0])), rows) for _, rows in found]


def records(rows: pd.DataFrame) -> list[dict[str, Any]]:
    """The rows one by one, as mappings from columns to values; `row` is the index."""
    return [
        {str(column): value for column, value in row.items()} | {"row": index}
        for index, row in zip(rows.index, rows.to_dict("records"), strict=True)
    ]


def dodged(count: int, step: float) -> np.ndarray:
    """How far [count] marks that share a place stand beside it, in its units.

    They are `step` apart, or less where the outer ones would reach the next place.
    """
    step = min(step, 2 * _DODGED / max(count - 1, 1))
    return (np.arange(count) - (count - 1) / 2) * step


def weight_label(weight: float) -> str:
    """An adversarial weight in words: `λ = 0.01`."""
    return f"λ = {weight:g}"


def p_in_words(p: float) -> str:
    """A p-value of two digits: `p = 0.033`, `p < 0.001`."""
    return "p < 0.001" if p < 0.001 else f"p = {p:.2g}"


def effect_in_words(effect: pd.DataFrame) -> str:
    """What the effect is, for captions."""
    judges = {
        str(axis): sorted({name for one in rows["judges"] for name in str(one).split()})
        for axis, rows in effect.groupby("axis", sort=False)
    }
    axes = [f"{axis}: {', '.join(names)}" for axis, names in judges.items()]
    return (
        f"Effect: the mean z-score of an axis's judges ({'; '.join(axes) or 'none measured'}), "
        "higher is better, 0 is this study's mean cell; a judge that is the cell's own loss is "
        "left out"
    )
