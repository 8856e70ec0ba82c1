"""Skill: how well losses and metrics agree with the scores of an IQA set."""

import logging
import math
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from dataclasses import asdict, dataclass
from pathlib import Path

import pandas as pd
import torch
from torch import Tensor

from asymmetry.core.devices import choose_device, cores, repeatable
from asymmetry.data.images import to_tensor
from asymmetry.data.iqa_sets.images import IqaImage, IqaImages, load_set
from asymmetry.fidelity.as_metric import build_metric
from asymmetry.fidelity.registry import build_fidelity
from asymmetry.iqa.calibration.split import unfitted_images
from asymmetry.iqa.skill.stage import SkillStage
from asymmetry.metrics.contracts import METRICS
from asymmetry.planning.plan import Plan
from asymmetry.stats.correlation import STATISTICS, Correlation, correlate
from asymmetry.study import Study
from asymmetry.tables.beside import values_path
from asymmetry.tables.schemas import MISSING_WEIGHTS, table_of, write_table

ALL = "all"
_log = logging.getLogger(__name__)

# From an image and its reference, [1, 3, H, W] in 0..1, to the value of a loss or a metric.
Value = Callable[[Tensor, Tensor], float]


@dataclass(frozen=True)
class Measure:
    """A loss (role "fidelity") or a metric (role "metric"); without weights, `value` is None."""

    metric: str
    role: str
    higher_is_better: bool
    full_reference: bool
    value: Value | None


def measure_part(plan: Plan, output: Path) -> None:
    """Measure the skill on the IQA set that belongs to one of the study's tables, and write it."""
    measure_skill(plan.study, plan, SkillStage(plan).part(output).iqa_set, output)


def measure_skill(study: Study, plan: Plan, set_name: str, output: Path) -> None:
    """Correlate all losses and metrics of the study with the scores of a set: two parquet tables.

    `output` has a row for each metric, subset ("all", or a distortion) and statistic; its values
    are oriented so that a good metric is positive. Beside it, `<output>-values.parquet` has the
    value of each metric for each image. A full-reference metric is left out of a set without
    references. On the set of the study's calibration, all are measured on the contents that fit
    no weights.

    Raises UserError where the weights of a loss, or of a metric that is not optional, are missing
    or corrupt, and where the set cannot be read.
    """
    repeatable(study.numerics.threads)
    images = unfitted_images(study, load_set(study, set_name, plan.photos))
    referenced = all(image.reference for image in images.images)
    measures = [m for m in build_measures(study, plan) if referenced or not m.full_reference]
    values = _values(images, measures)
    rows = [row for measure in measures for row in _rows(measure, images, values, study)]
    write_table(values, "skill_values", values_path(output))
    write_table(table_of(rows, "skill"), "skill", output)


def build_measures(study: Study, plan: Plan) -> list[Measure]:
    """The fidelity losses of the grid, then the metrics of the evaluation."""
    device = choose_device(study.execution.device)
    measures = [Measure(n, "fidelity", False, True, _loss(n, plan, device)) for n in plan.losses]
    for name in study.evaluation.all_metrics:
        contract = METRICS[name]
        value = _metric(name, plan, device) if name in plan.computed_metrics else None
        measures.append(
            Measure(name, "metric", contract.higher_is_better, contract.full_reference, value)
        )
    return measures


def _loss(name: str, plan: Plan, device: torch.device) -> Value:
    fidelity = build_fidelity(name, Path(plan.study.execution.weights), plan.fitted(name))
    if isinstance(fidelity, torch.nn.Module):
        fidelity.to(device)

    @torch.no_grad()
    def value(image: Tensor, reference: Tensor) -> float:
        return float(fidelity(image.to(device), reference.to(device)))

    return value


def _metric(name: str, plan: Plan, device: torch.device) -> Value:
    weights = Path(plan.study.execution.weights)
    metric = build_metric(name, weights, device, plan.fitted(name), plan.lock)
    # IQA images are measured whole: at scale 0 no border is left out.
    return lambda image, reference: metric(image, reference, 0)


def _values(images: IqaImages, measures: list[Measure]) -> pd.DataFrame:
    """The value of each measure for each image; each core holds one image in memory at a time."""
    with ThreadPoolExecutor(cores()) as pool:
        measured = list(pool.map(lambda image: list(_measured(image, measures)), images.images))
    rows = [
        {
            "metric": measure.metric,
            "role": measure.role,
            "set": images.name,
            "image": image.name,
            "group": image.group,
            "subset": image.kind,
            "value": value,
            "score": image.score,
        }
        for image, values in zip(images.images, measured, strict=True)
        for measure, value in values
    ]
    return table_of(rows, "skill_values")


def _measured(image: IqaImage, measures: list[Measure]) -> Iterator[tuple[Measure, float]]:
    pixels = to_tensor(image.pixels())
    reference = to_tensor(image.reference()) if image.reference else pixels
    for measure in measures:
        if measure.value is not None:
            yield measure, _value(measure, measure.value, pixels, reference, image.name)


def _value(measure: Measure, value: Value, pixels: Tensor, reference: Tensor, name: str) -> float:
    """The value; NaN, with a line in the log, where the measure fails on this image."""
    try:
        return value(pixels, reference)
    except Exception as error:
        # The other images are still measured.
        _log.warning("%s: %s: %s", measure.metric, name, " ".join(str(error).split()))
        return math.nan


def _rows(
    measure: Measure, images: IqaImages, values: pd.DataFrame, study: Study
) -> Iterator[dict[str, object]]:
    kinds = dict.fromkeys(image.kind for image in images.images if image.kind)
    measured = values[(values["metric"] == measure.metric) & (values["role"] == measure.role)]
    sign = 1.0 if measure.higher_is_better else -1.0
    for subset in (ALL, *kinds):
        part = measured if subset == ALL else measured[measured["subset"] == subset]
        size = sum(subset in (ALL, image.kind) for image in images.images)
        correlations = [
            Correlation(statistic, math.nan, math.nan, math.nan, size, MISSING_WEIGHTS)
            for statistic in STATISTICS
        ]
        if measure.value is not None:
            correlations = correlate(
                sign * part["value"].to_numpy(),
                part["score"].to_numpy(),
                part["group"].tolist(),
                study.execution.bootstrap,
            )
        for correlation in correlations:
            yield {
                "metric": measure.metric,
                "role": measure.role,
                "set": images.name,
                "kind": images.kind,
                "subset": subset,
                **asdict(correlation),
            }
