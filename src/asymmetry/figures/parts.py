"""What several figures share: which metrics they show, and how scopes and captions are worded."""

from typing import Any

import pandas as pd

from asymmetry.analysis.tables import SCOPE
from asymmetry.metrics.contracts import METRICS
from asymmetry.study import Study

NO_CELLS = "no cells yet"
_DISTORTION = ("psnr_y", "psnr", "ssim_y", "ssim")
EFFECT = "effect"


def distortion_metric(study: Study) -> str:
    """The metric of the distortion axis: PSNR on Y where it is measured."""
    measured = study.evaluation.metrics
    return next((name for name in _DISTORTION if name in measured), measured[0])


def perceptual_judge(study: Study, scores: pd.DataFrame) -> str:
    """The first judge with numbers that is not a distortion metric, or the mean of all judges."""
    measured = set(scores.loc[scores["status"] == "ok", "metric"])
    judges = [name for name in study.evaluation.judges if name in measured]
    return next((name for name in judges if name not in _DISTORTION), EFFECT)


def direction(metric: str) -> str:
    """A metric with the way it improves: `gmsd (lower is better)`."""
    if metric == EFFECT:
        return "effect O (higher is better)"
    return f"{metric} ({'higher' if METRICS[metric].higher_is_better else 'lower'} is better)"


def lower_is_better(metric: str) -> bool:
    """Whether an axis of the metric must be turned round for better to be up or right."""
    return metric != EFFECT and not METRICS[metric].higher_is_better


def scopes(numbers: pd.DataFrame) -> list[tuple[str, pd.DataFrame]]:
    """The rows of each task, generator and set, with its name in words."""
    return [
        (" · ".join(map(str, scope)), rows)
        for scope, rows in numbers.groupby(SCOPE, sort=False)
        if isinstance(scope, tuple)
    ]


def records(rows: pd.DataFrame) -> list[dict[str, Any]]:
    """The rows one by one, as mappings from columns to values."""
    return [
        {str(column): value for column, value in row.items()} for row in rows.to_dict("records")
    ]


def weight_label(weight: float) -> str:
    """An adversarial weight in words: `λ = 0.01`."""
    return f"λ = {weight:g}"


def effect_in_words(effect: pd.DataFrame) -> str:
    """What O is, for captions."""
    judges = sorted({name for names in effect["judges"] for name in str(names).split()})
    return (
        f"Effect O: the mean z-score of the judges ({', '.join(judges) or 'none measured'}), "
        "higher is better; a judge that is the cell's own loss is left out"
    )
