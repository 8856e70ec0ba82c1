"""`asymmetry compare`: folders of restored images, judged and shown beside each other."""

from collections.abc import Sequence
from pathlib import Path

import pandas as pd
import torch
from pydantic import ValidationError

from asymmetry.assessment.engine import Engine, Material
from asymmetry.assessment.images import EvaluationImage, reference_and_low, save_view
from asymmetry.assessment.loose import known_metrics
from asymmetry.assessment.targets import Target
from asymmetry.compare.figures import draw
from asymmetry.compare.methods import Method, find_methods
from asymmetry.compare.page import write_pages
from asymmetry.compare.summary import differences, ranking
from asymmetry.core.devices import choose_device, repeatable
from asymmetry.core.errors import UserError
from asymmetry.core.files import write_atomically
from asymmetry.core.names import one_line_each
from asymmetry.data.photos import Photo, folder_photos
from asymmetry.fidelity.as_metric import build_metric
from asymmetry.metrics.contracts import METRICS
from asymmetry.planning.outside import OUTSIDE
from asymmetry.study import Evaluation, Pictures, Task
from asymmetry.tables.read import TABLES, Tables
from asymmetry.tables.schemas import COLUMNS, DONE, empty_table, table_of

TASK = SET = "images"  # of a comparison there is one of each
_PICTURES = Pictures(side=512)
_KEEP_SECONDS = 60.0


def compare(
    folders: Sequence[Path],
    reference: Path,
    metrics: Sequence[str],
    scale: int,
    weights: Path,
    output: Path,
) -> Path:
    """Write tables, figures and pages to `output`; the path of its `index.html`.

    Images belong to references by names (`data.restored`). Scores and pictures lie in `output` at
    paths that say the bytes they are of, so a second call computes what is new alone.

    Raises UserError, before anything is measured, where a metric is unknown or lacks its weights, a
    folder is missing, named twice or holds no image of a reference, an image cannot be read or is
    of another size than its reference, or the output is inside of one of the folders.
    """
    names = known_metrics(metrics)
    _check_output(output, [*folders, reference])
    task = _task(scale)
    kept = output / "parts" / "fingerprints.json"
    photos = folder_photos(reference, kept=kept)
    sizes = {photo.name: (photo.width, photo.height) for photo in photos}
    methods = find_methods(folders, sizes, scale, TASK, kept)
    device = choose_device("auto")
    material = _material(photos, reference, names, task, weights, output, device)
    repeatable(threads=1)  # as in a study by default, so that the numbers are the same
    _save_references(material)
    targets = [_target(method, output) for method in methods]
    scores = Engine(material, device).assess(targets)[COLUMNS["scores"]]
    tables = _tables(methods, scores)
    by_name = scores.assign(method=scores["run"].map({one.id: one.name for one in methods}))
    pairs = differences(by_name, [one.name for one in methods], names)
    ranked = ranking(by_name, pairs, names)
    _write_csv(by_name.drop(columns=["run", "task", "set"]), output / "scores.csv", first="method")
    _write_csv(pairs, output / "differences.csv")
    _write_csv(ranked, output / "ranking.csv")
    drawn = draw(ranked, names, output / "figures")
    return write_pages(material.evaluation, tables, by_name, ranked, drawn, scale, output)


def _check_output(output: Path, folders: Sequence[Path]) -> None:
    for folder in folders:
        if output.resolve().is_relative_to(folder.resolve()):
            raise UserError(
                f"--output: {output} is inside of {folder}, whose images it would join; "
                "name another folder"
            )


def _material(
    photos: Sequence[Photo],
    reference: Path,
    metrics: Sequence[str],
    task: Task,
    weights: Path,
    output: Path,
    device: torch.device,
) -> Material:
    return Material(
        tasks={TASK: task},
        evaluation=Evaluation(
            sets={SET: str(reference)},
            metrics=list(metrics),
            distortion=[name for name in metrics if METRICS[name].full_reference],
            perception=[name for name in metrics if not METRICS[name].full_reference],
            pictures=_PICTURES,
        ),
        images=[EvaluationImage(SET, photo, reduce=1) for photo in photos],
        metrics={name: build_metric(name, weights, device) for name in metrics},
        conventions={name: METRICS[name].convention for name in metrics},
        results=output,
        keep_seconds=_KEEP_SECONDS,
    )


def _task(scale: int) -> Task:
    """The task of restored images, of which nobody asks how their inputs came about."""
    try:
        return Task.model_validate({"degradation": "bicubic", "scale": scale})
    except ValidationError as error:
        raise UserError(one_line_each(error, "compare")) from None


def _target(method: Method, output: Path) -> Target:
    images = {(SET, name): photo for name, photo in method.images.items()}
    return Target(method.id, output / "parts" / method.id, TASK, images=images)


def _save_references(material: Material) -> None:
    """Save the views of the references that are not there; in a study bicubic's job does it."""
    images = {image.photo.name: image for image in material.images}
    for view in material.views:
        path = view.path(material.results, f"{TASK}/reference")
        if not path.is_file():
            reference, _ = reference_and_low(images[view.image], material.tasks[TASK])
            save_view(reference, view, path)


def _tables(methods: Sequence[Method], scores: pd.DataFrame) -> Tables:
    """The tables of a study that has these methods alone."""
    rows = [
        {"run": one.id, "kind": OUTSIDE, "task": TASK, "generator": OUTSIDE, "status": DONE}
        for one in methods
    ]
    tables = {name: empty_table(name) for name in TABLES}
    runs = table_of(rows, "runs").reindex(columns=tables["runs"].columns)
    return Tables(**(tables | {"runs": runs, "scores": scores}))


def _write_csv(table: pd.DataFrame, path: Path, first: str | None = None) -> None:
    columns = [first, *(c for c in table.columns if c != first)] if first else list(table.columns)
    write_atomically(path, table[columns].to_csv(index=False).encode())
