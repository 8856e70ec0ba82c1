"""Scores of one target: its restored images, measured by every metric."""

import logging
import math
from collections.abc import Iterable, Mapping, Sequence
from pathlib import Path
from typing import NamedTuple

import torch
from torch import Tensor

from asymmetry.assessment.crops import save_view
from asymmetry.assessment.images import EvaluationImage, reference_and_low
from asymmetry.assessment.targets import Target, restorer
from asymmetry.metrics.build import Metric
from asymmetry.study import Task
from asymmetry.study.views import View

OK, DIVERGED, MISSING_WEIGHTS = "ok", "diverged", "missing weights"
_log = logging.getLogger(__name__)


class Key(NamedTuple):
    """What a score belongs to."""

    set: str
    image: str
    metric: str


class Score(NamedTuple):
    """A value, NaN where the status is not "ok"."""

    value: float
    status: str


def score_images(
    target: Target,
    task: Task,
    images: Iterable[EvaluationImage],
    metrics: Mapping[str, Metric],
    views: Sequence[View],
    results: Path,
    device: torch.device,
) -> dict[Key, Score]:
    """Restore each image once, measure it with each metric and save its views below `results`.

    One restored image is in memory at a time. A metric that fails on an image gives a score that
    says why.
    """
    scores: dict[Key, Score] = {}
    restore = restorer(target, task.scale, device)
    for image in images:
        reference, low = reference_and_low(image, task)
        with torch.inference_mode():
            restored = restore(low)
        for view in views:
            if (view.set, view.image) == (image.set, image.photo.name):
                # Only with the baseline is the reference saved too.
                for name, picture in zip(target.view_names, [restored, reference]):  # noqa: B905
                    save_view(picture, view, view.path(results, name))
        for name, metric in metrics.items():
            key = Key(image.set, image.photo.name, name)
            scores[key] = _measure(metric, restored, reference, task.scale)
            if scores[key].status != OK:
                _log.warning("%s: %s/%s: %s: %s", target.run, *key, scores[key].status)
    return scores


def _measure(metric: Metric, restored: Tensor, reference: Tensor, scale: int) -> Score:
    try:
        value = metric(restored, reference, scale)
    except Exception as error:
        # A metric's failure on one image is a fact about that image; the others go on.
        reason = " ".join(str(error).split()) or type(error).__name__
        return Score(math.nan, f"failed: {reason}")
    return Score(value, OK) if math.isfinite(value) else Score(math.nan, "failed: not finite")
