"""The assessment of many runs: runs x images x metrics, each computed once, into one table."""

import logging
import math
import time
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from functools import cached_property
from pathlib import Path
from typing import Any

import pandas as pd
import torch
from torch import Tensor

from asymmetry.assessment.beside import MEASURES, PLANES
from asymmetry.assessment.images import EvaluationImage, all_images, check_crops, reference_and_low
from asymmetry.assessment.scores import Cache, Key, Reference, Score, cache_key
from asymmetry.assessment.stage import AssessmentStage, SnapshotStage
from asymmetry.assessment.targets import Target, find_target
from asymmetry.assessment.work import Restoring, Work, restoring
from asymmetry.core.devices import choose_device, repeatable
from asymmetry.data.views import View, views
from asymmetry.fidelity.as_metric import build_metric
from asymmetry.metrics.build import Metric
from asymmetry.metrics.contracts import BESIDE, METRICS
from asymmetry.metrics.conventions import check_conventions
from asymmetry.metrics.planes import Planes
from asymmetry.planning.plan import Plan
from asymmetry.study import Evaluation, Study, Task
from asymmetry.tables.schemas import (
    COLUMNS,
    ENDED_BADLY,
    MISSING_IMAGE,
    MISSING_WEIGHTS,
    OK,
    write_table,
)

# The most restored images, and pixels of them, in memory at a time; a larger image is alone. Four
# times the pixels would fall out of the processor's cache, and take a third longer.
IMAGES_AT_ONCE, PIXELS_AT_ONCE = 16, 2**18
_log = logging.getLogger(__name__)


def assess_part(plan: Plan, output: Path) -> None:
    """Assess the runs, or snapshots, that belong to one of the study's tables, and write it."""
    stages = {stage.table: stage for stage in (AssessmentStage(plan), SnapshotStage(plan))}
    stage = stages.get(output.parent.name, stages["scores"])
    assess_runs(plan.study, plan, stage.part(output).runs, output, stage.table)


def assess_runs(
    study: Study, plan: Plan, names: Sequence[str], output: Path, table: str = "scores"
) -> None:
    """Score runs, warm starts and `<task>/bicubic` over all evaluation sets: the table `scores`.

    Or snapshots, `<run>@<step>`: the table `trajectories`. Scores of an earlier call, finished or
    killed, are read from the file beside the run. Raises UserError where a run is unknown, not
    trained or not the one recorded; where the weights of a metric are missing (unless it is one of
    `metrics_with_weights`) or corrupt; and where an image cannot be read.
    """
    repeatable(study.numerics.threads)
    targets = [find_target(plan, name) for name in names]
    device = choose_device(study.execution.device)
    scores = Engine(material_of(plan, device), device).assess(targets)
    check_conventions(scores, str(output))
    write_table(scores[COLUMNS[table]], table, output)


@dataclass(frozen=True)
class Material:
    """What is assessed on and by: images, tasks, and the metrics that can be computed.

    Views are saved below `results`; new scores are kept every `keep_seconds`.
    """

    tasks: Mapping[str, Task]
    evaluation: Evaluation
    images: Sequence[EvaluationImage]
    metrics: Mapping[str, Metric]
    conventions: Mapping[str, str]
    results: Path
    keep_seconds: float

    @cached_property
    def views(self) -> list[View]:
        """The parts of the images that are kept of everything that is assessed."""
        names: dict[str, list[str]] = {}
        for image in self.images:
            names.setdefault(image.set, []).append(image.photo.name)
        return views(self.evaluation, names)


def material_of(plan: Plan, device: torch.device) -> Material:
    """The material of a study."""
    study = plan.study
    images = all_images(study, plan.photos)
    check_crops(study.evaluation.crops, images)
    return Material(
        tasks=study.tasks,
        evaluation=study.evaluation,
        images=images,
        metrics=build_metrics(plan, device),
        conventions={name: plan.convention(name) for name in study.evaluation.all_metrics},
        results=Path(study.results),
        keep_seconds=study.execution.checkpoint_seconds,
    )


class Engine:
    """The assessment on some material of any number of targets."""

    def __init__(self, material: Material, device: torch.device) -> None:
        self.material, self.device = material, device
        self._controls: dict[Target, Restoring] = {}

    def assess(self, targets: Sequence[Target]) -> pd.DataFrame:
        """The targets' rows, one after another, in the order of images and metrics.

        Of whole runs and methods, the column `step` is empty.

        New scores are written every `keep_seconds`, and where it is interrupted.
        """
        works = [self._work(target) for target in targets if target.status not in ENDED_BADLY]
        try:
            self._assess_images(works)
        finally:
            _keep(works)
        scores = {work.target: work.scores for work in works}
        tables = [self._rows(target, scores.get(target, {})) for target in targets]
        return pd.concat(tables, ignore_index=True)

    def _work(self, target: Target) -> Work:
        of, task = self.material, self.material.tasks[target.task]
        key = cache_key(task, of.images, of.evaluation.crops)
        control = target.control.run if target.control else ""
        cache = Cache(target.folder, key, of.conventions, control)
        return Work(target, task.scale, cache, list(of.metrics), of.views, of.results, self.device)

    def _assess_images(self, works: Sequence[Work]) -> None:
        """Assess one image after another, each for all targets."""
        kept = time.monotonic()
        images = self.material.images
        for index, image in enumerate(images, start=1):
            self._assess_image(image, [work for work in works if work.wants(image)])
            if time.monotonic() - kept >= self.material.keep_seconds:
                _keep(works)
                kept = time.monotonic()
                _log.info("assessed %d of %d images", index, len(images))

    def _assess_image(self, image: EvaluationImage, works: Sequence[Work]) -> None:
        """Restore the image with each target once, and compute the scores that each lacks."""
        for name, of_task in _grouped(works, key=lambda work: work.target.task):
            task = self.material.tasks[name]
            pair = [plane.to(self.device) for plane in reference_and_low(image, task)]
            reference = Reference(pair[0], task.scale, self.material.metrics)
            count = at_once(pair[0])
            for (missing, control), alike in _grouped(
                of_task, key=lambda work: (work.missing(image), work.beside(image))
            ):
                measures = dict.fromkeys(missing, reference)
                if control:
                    measures |= dict.fromkeys(BESIDE, self._beside(control, image, pair))
                for some in (alike[i : i + count] for i in range(0, len(alike), count)):
                    restored = torch.cat([work.restore(image, *pair) for work in some])
                    planes = Planes(restored, task.scale)
                    for metric in missing:
                        scores = measures[metric].scores(metric, planes)
                        _note(some, Key(image.set, image.photo.name, metric), scores)

    @torch.inference_mode()
    def _beside(self, control: Target, image: EvaluationImage, pair: Sequence[Tensor]) -> Reference:
        """The reference, and beside it what the control makes of the input."""
        scale = self.material.tasks[control.task].scale
        if control not in self._controls:
            self._controls[control] = restoring(control, scale, self.device)
        stable = self._controls[control](image, pair[1])
        return Reference(torch.cat([pair[0], stable]), scale, MEASURES)

    def _rows(self, target: Target, scores: Mapping[Key, Score]) -> pd.DataFrame:
        rows, conventions = [], dict(self.material.conventions)
        if target.control:
            conventions |= dict.fromkeys(BESIDE, METRICS[PLANES].convention)
        for image in self.material.images:
            unscored = Score(math.nan, _why_unscored(target, image))
            for metric, convention in conventions.items():
                key = Key(image.set, image.photo.name, metric)
                score = scores.get(key, unscored)
                rows.append([target.step, target.run, target.task, *key, convention, *score])
        return pd.DataFrame(rows, columns=COLUMNS["trajectories"])


def _why_unscored(target: Target, image: EvaluationImage) -> str:
    """The status of a score that was not computed."""
    if target.status in ENDED_BADLY:
        return target.status
    return MISSING_WEIGHTS if target.has(image) else MISSING_IMAGE


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
