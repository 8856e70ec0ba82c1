"""The many-model engine: runs x images x metrics, each computed once, into one table."""

import logging
import math
import time
from collections.abc import Sequence
from pathlib import Path
from typing import TYPE_CHECKING

import pandas as pd
import torch

from asymmetry.assessment.cache import Cache, cache_key, complete
from asymmetry.assessment.crops import check_crops
from asymmetry.assessment.images import EvaluationImage, all_images
from asymmetry.assessment.score import DIVERGED, MISSING_WEIGHTS, Key, Score, score_images
from asymmetry.assessment.tables import COLUMNS
from asymmetry.assessment.targets import GENERATOR_FILE, PILOT_FILE, Model, Target
from asymmetry.devices import choose_device, repeatable
from asymmetry.errors import UserError
from asymmetry.files import write_atomically
from asymmetry.metrics.build import Metric, build_metric
from asymmetry.metrics.contracts import METRICS
from asymmetry.metrics.conventions import check_conventions
from asymmetry.names import nearest
from asymmetry.plan import PILOT, RUNS, Plan
from asymmetry.records import read_record, verified_output
from asymmetry.study import Study
from asymmetry.study.views import views
from asymmetry.weights import has_weights

if TYPE_CHECKING:
    from asymmetry.stages import Stages

BICUBIC = "bicubic"
_log = logging.getLogger(__name__)


def assess_part(stages: "Stages", output: Path) -> None:
    """Assess the runs that belong to one of the study's tables of scores, and write it."""
    assess_runs(stages.study, stages.plan, stages.part(output).runs, output)


def assess_runs(study: Study, plan: Plan, run_ids: Sequence[str], output: Path) -> None:
    """Score runs, warm starts, pilots and `<task>/bicubic` over all evaluation sets: a table.

    What was scored before, by an earlier call or one that was killed, is read from beside the run.
    Raises UserError where a run is unknown, not trained or not the one recorded, where a metric's
    weights are missing (but for `metrics_with_weights`) or corrupt, or an image cannot be read.
    """
    repeatable(study.numerics.threads)
    targets = [find_target(plan, run_id) for run_id in run_ids]
    engine = Engine(study, plan, choose_device(study.execution.device))
    tables = []
    for index, target in enumerate(targets, start=1):
        started = time.monotonic()
        tables.append(engine.assess(target))
        seconds = time.monotonic() - started
        _log.info("assessed %d of %d: %s (%.1f s)", index, len(targets), target.run, seconds)
    table = pd.concat(tables, ignore_index=True)
    check_conventions(table, str(output))
    write_atomically(output, table.to_parquet(index=False))


def find_target(plan: Plan, run_id: str) -> Target:
    """The run, the pilot or the baseline of this id, verified against its `run.json`."""
    task, _, rest = run_id.partition("/")
    if rest == BICUBIC:
        if task not in plan.study.tasks:
            raise UserError(f"{run_id}: '{task}' is not a task; {nearest(task, plan.study.tasks)}")
        return Target(run_id, RUNS / run_id, task)
    run = plan.find(run_id.removesuffix(PILOT))
    pilot = run_id.endswith(PILOT)
    folder, name = (run.folder / "pilot", PILOT_FILE) if pilot else (run.folder, GENERATOR_FILE)
    record = read_record(run.record)
    model, status = Model(run.cell.generator, run.folder / name), record["status"]
    if pilot and name in record["outputs"]:
        status = "done"  # kept before the run diverged, if it did
    if status != DIVERGED:
        verified_output(run.folder, record, name)
    return Target(run_id, folder, run.cell.task, model, status)


class Engine:
    """The images and the metrics of a study, ready for any number of targets."""

    def __init__(self, study: Study, plan: Plan, device: torch.device) -> None:
        self.study, self.device = study, device
        self.images: list[EvaluationImage] = all_images(study, plan.photos)
        self.crops = study.evaluation.crops
        check_crops(self.crops, self.images)
        names: dict[str, list[str]] = {}
        for image in self.images:
            names.setdefault(image.set, []).append(image.photo.name)
        self.views = views(study.evaluation, names)
        self.metrics = build_metrics(plan, device)
        self.conventions = {name: plan.convention(name) for name in wanted_metrics(study)}

    def assess(self, target: Target) -> pd.DataFrame:
        """The target's rows of the table, in the order of the study."""
        scores = {} if target.status == DIVERGED else self._scores(target)
        absent = DIVERGED if target.status == DIVERGED else MISSING_WEIGHTS
        keys = [
            Key(image.set, image.photo.name, metric)
            for image in self.images
            for metric in wanted_metrics(self.study)
        ]
        unscored = Score(math.nan, absent)
        rows = [
            [
                target.run,
                target.task,
                *key,
                self.conventions[key.metric],
                *scores.get(key, unscored),
            ]
            for key in keys
        ]
        return pd.DataFrame(rows, columns=COLUMNS)

    def _scores(self, target: Target) -> dict[Key, Score]:
        """The target's scores, computed as far as they are not there already."""
        task = self.study.tasks[target.task]
        names = list(self.metrics)
        key = cache_key(task, self.images, self.crops)
        cache = Cache(target.folder, key, self.conventions)
        scores = cache.read(names)
        missing = {
            name: metric
            for name, metric in self.metrics.items()
            if not complete(scores, self.images, name)
        }
        results = Path(self.study.results)
        kept = [view.path(results, name) for name in target.view_names for view in self.views]
        if missing or not all(path.is_file() for path in kept):
            scores |= score_images(
                target, task, self.images, missing, self.views, results, self.device
            )
            cache.write(scores)
        return scores


def wanted_metrics(study: Study) -> list[str]:
    """All metrics that the study names, each once."""
    evaluation = study.evaluation
    return list(dict.fromkeys([*evaluation.metrics, *evaluation.metrics_with_weights]))


def build_metrics(plan: Plan, device: torch.device) -> dict[str, Metric]:
    """The metrics of the study; those of `metrics_with_weights` only where their weights are."""
    study = plan.study
    folder = Path(study.execution.weights)
    metrics = {}
    for name in wanted_metrics(study):
        entry = METRICS[name].weights
        optional = name not in study.evaluation.metrics
        if optional and entry and not has_weights(entry, folder):
            _log.info("%s: left out, its weights %s are not in %s", name, entry, folder)
        else:
            metrics[name] = build_metric(name, folder, device, plan.fitted(name))
    return metrics
