"""The assessment of many runs: runs x images x metrics, each computed once, into one table."""

import logging
import math
import time
from collections.abc import Callable, Mapping, Sequence
from pathlib import Path
from typing import Any

import pandas as pd
import torch
from torch import Tensor

from asymmetry.assessment.images import EvaluationImage, all_images, check_crops, reference_and_low
from asymmetry.assessment.scores import Cache, Key, Reference, Score, cache_key
from asymmetry.assessment.stage import AssessmentStage
from asymmetry.assessment.targets import Target, find_target
from asymmetry.assessment.work import Work
from asymmetry.core.devices import choose_device, repeatable
from asymmetry.data.sets import study_views
from asymmetry.fidelity.as_metric import build_metric
from asymmetry.metrics.build import Metric
from asymmetry.metrics.contracts import METRICS
from asymmetry.metrics.conventions import check_conventions
from asymmetry.metrics.planes import Planes
from asymmetry.planning.plan import Plan
from asymmetry.study import Study
from asymmetry.tables.schemas import COLUMNS, DIVERGED, MISSING_WEIGHTS, OK, write_table

# The most restored images, and pixels of them, in memory at a time; a larger image is alone.
IMAGES_AT_ONCE, PIXELS_AT_ONCE = 16, 2**20
_log = logging.getLogger(__name__)


def assess_part(plan: Plan, output: Path) -> None:
    """Assess the runs that belong to one of the study's tables of scores, and write it."""
    assess_runs(plan.study, plan, AssessmentStage(plan).part(output).runs, output)


def assess_runs(study: Study, plan: Plan, run_ids: Sequence[str], output: Path) -> None:
    """Score runs, warm starts, pilots and `<task>/bicubic` over all evaluation sets: a table.

    Scores of an earlier call, finished or killed, are read from the file beside the run. Raises
    UserError where a run is unknown, not trained or not the one recorded; where the weights of a
    metric are missing (unless it is one of `metrics_with_weights`) or corrupt; and where an image
    cannot be read.
    """
    repeatable(study.numerics.threads)
    targets = [find_target(plan, run_id) for run_id in run_ids]
    engine = Engine(study, plan, choose_device(study.execution.device))
    table = engine.assess(targets)
    check_conventions(table, str(output))
    write_table(table, "scores", output)


class Engine:
    """The images and the metrics of a study, ready for any number of targets."""

    def __init__(self, study: Study, plan: Plan, device: torch.device) -> None:
        self.study, self.device = study, device
        self.images: list[EvaluationImage] = all_images(study, plan.photos)
        self.crops = study.evaluation.crops
        check_crops(self.crops, self.images)
        self.views = study_views(study, plan.photos)
        self.metrics = build_metrics(plan, device)
        self.conventions = {name: plan.convention(name) for name in study.evaluation.all_metrics}

    def assess(self, targets: Sequence[Target]) -> pd.DataFrame:
        """The targets' rows of the table, one after another, in the order of the study.

        New scores are written every `execution.checkpoint_seconds`, and where it is interrupted.
        """
        works = [self._work(target) for target in targets if target.status != DIVERGED]
        try:
            self._assess_images(works)
        finally:
            _keep(works)
        scores = {work.target.run: work.scores for work in works}
        tables = [self._rows(target, scores.get(target.run, {})) for target in targets]
        return pd.concat(tables, ignore_index=True)

    def _work(self, target: Target) -> Work:
        task = self.study.tasks[target.task]
        cache = Cache(target.folder, cache_key(task, self.images, self.crops), self.conventions)
        names, results = list(self.metrics), Path(self.study.results)
        return Work(target, task.scale, cache, names, self.views, results, self.device)

    def _assess_images(self, works: Sequence[Work]) -> None:
        """Assess one image after another, each for all targets."""
        kept = time.monotonic()
        for index, image in enumerate(self.images, start=1):
            self._assess_image(image, [work for work in works if work.wants(image)])
            if time.monotonic() - kept >= self.study.execution.checkpoint_seconds:
                _keep(works)
                kept = time.monotonic()
                _log.info("assessed %d of %d images", index, len(self.images))

    def _assess_image(self, image: EvaluationImage, works: Sequence[Work]) -> None:
        """Restore the image with each target once, and compute the scores that each lacks."""
        for name, of_task in _grouped(works, key=lambda work: work.target.task):
            task = self.study.tasks[name]
            pair = [plane.to(self.device) for plane in reference_and_low(image, task)]
            reference = Reference(pair[0], task.scale, self.metrics)
            count = at_once(pair[0])
            for missing, alike in _grouped(of_task, key=lambda work: work.missing(image)):
                for some in (alike[i : i + count] for i in range(0, len(alike), count)):
                    restored = torch.cat([work.restore(image, *pair) for work in some])
                    planes = Planes(restored, task.scale)
                    for metric in missing:
                        scores = reference.scores(metric, planes)
                        _note(some, Key(image.set, image.photo.name, metric), scores)

    def _rows(self, target: Target, scores: Mapping[Key, Score]) -> pd.DataFrame:
        keys = [
            Key(image.set, image.photo.name, metric)
            for image in self.images
            for metric in self.study.evaluation.all_metrics
        ]
        unscored = Score(math.nan, DIVERGED if target.status == DIVERGED else MISSING_WEIGHTS)
        head = [target.run, target.task]
        rows = [
            [*head, *key, self.conventions[key.metric], *scores.get(key, unscored)] for key in keys
        ]
        return pd.DataFrame(rows, columns=COLUMNS["scores"])


def at_once(reference: Tensor) -> int:
    """How many restored images of this reference [1, 3, H, W] are in memory at a time."""
    pixels = reference.shape[2] * reference.shape[3]
    return min(IMAGES_AT_ONCE, max(1, PIXELS_AT_ONCE // pixels))


def _grouped(works: Sequence[Work], key: Callable[[Work], Any]) -> list[tuple[Any, list[Work]]]:
    groups: dict[Any, list[Work]] = {}
    for work in works:
        groups.setdefault(key(work), []).append(work)
    return list(groups.items())


def _keep(works: Sequence[Work]) -> None:
    for work in works:
        work.keep()


def _note(works: Sequence[Work], key: Key, scores: Sequence[Score]) -> None:
    for work, score in zip(works, scores, strict=True):
        work.scores[key] = score
        if score.status != OK:
            _log.warning("%s: %s/%s: %s: %s", work.target.run, *key, score.status)


def build_metrics(plan: Plan, device: torch.device) -> dict[str, Metric]:
    """The metrics of the study; of `metrics_with_weights`, those whose weights are there."""
    folder = Path(plan.study.execution.weights)
    for name in plan.study.evaluation.all_metrics:
        if name not in plan.computed_metrics:
            entry = METRICS[name].weights or plan.lock.path
            _log.info("%s: left out, its weights (%s) are not in %s", name, entry, folder)
    return {
        name: build_metric(name, folder, device, plan.fitted(name), plan.lock)
        for name in plan.computed_metrics
    }
