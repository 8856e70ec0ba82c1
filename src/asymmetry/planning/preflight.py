"""What the study and its data decide before anything runs: mistakes, and what should be known.

All of it would be met hours later, in a job. Imports torch only where a GPU is asked for, where a
network was made elsewhere, or where the user's own parts import it.
"""

from collections.abc import Iterator, Mapping, Sequence
from importlib.util import find_spec
from math import ceil
from pathlib import Path

from asymmetry.backbones.catalog import BACKBONES
from asymmetry.core.commit import commit_problem
from asymmetry.core.errors import UserError
from asymmetry.core.hash_cache import cached_sha256
from asymmetry.data.folders import in_words
from asymmetry.data.iqa_sets.scores import read_scores, written_scores
from asymmetry.data.iqa_sets.splits import too_few_contents
from asymmetry.data.photos import Photo
from asymmetry.data.sets import HELD_OUT, evaluation_images, evaluation_reduction, left_out
from asymmetry.data.views import strips
from asymmetry.fidelity.registry import smallest_crop, weights_of
from asymmetry.metrics.borrowed import Borrowed
from asymmetry.metrics.contracts import METRICS
from asymmetry.planning.calibrations import calibration_problem
from asymmetry.planning.own_parts import own_part_problems
from asymmetry.planning.plan import Plan
from asymmetry.planning.preflight_networks import network_problems
from asymmetry.study import SeveritySet, Study
from asymmetry.weights.store import has_weights, remedy

# Of larger sets contents are told apart by name alone here: to decode them would take minutes.
_FEW = 1000


def check(plan: Plan, here: bool) -> None:
    """Refuse what could never be finished; `here`: the jobs will run on this machine.

    Raises UserError with a line for each mistake: parts of the user's own that cannot be imported,
    files that are no generators of their tasks' scales, networks that are no trunks, photos smaller
    than a crop, crops beyond an image, images that a metric cannot measure, IQA sets that cannot be
    split, images or networks of others that do not fit, weights, a tracker or a GPU that are not
    there.
    """
    problems = [
        *own_part_problems(plan),
        *network_problems(plan),
        *_training_photos(plan),
        *_losses(plan),
        *_evaluation(plan),
        *_sets(plan),
        *_weights(plan),
        *_tracker(plan),
        *(_device(plan) if here else ()),
    ]
    if problems:
        raise UserError("\n".join(dict.fromkeys(problems)))


def notes(plan: Plan) -> list[str]:
    """A line for all that is no mistake but should not go unsaid: files left out or not there."""
    study = plan.study
    lines = [in_words(plan.photos.left_out, f"photos.source: {study.photos.source}")]
    for name, source in study.evaluation.sets.items():
        if source != HELD_OUT:
            lines.append(in_words(left_out(source), f"evaluation.sets.{name}: {source}"))
    lines += _absent_images(plan)
    return [line for line in [*lines, commit_problem()] if line]


def _absent_images(plan: Plan) -> Iterator[str]:
    """A line for each set of which a method that was made elsewhere lacks images."""
    for method in plan.outside.values():
        for name in plan.study.evaluation.sets:
            images = [photo.name for photo in evaluation_images(plan.study, name, plan.photos)]
            if lacking := method.lacking(name, images):
                yield (
                    f"outside.{method.name}: lacks {len(lacking)} of {len(images)} images of "
                    f"'{name}', such as {lacking[0]}: they have no scores"
                )


def _sides(photo: Photo, reduce: int) -> tuple[int, int]:
    """Width and height after the reduction, as Pillow rounds them."""
    return ceil(photo.width / reduce), ceil(photo.height / reduce)


def _training_photos(plan: Plan) -> Iterator[str]:
    study = plan.study
    sections = ("warm_start", "discriminator_warm_start", "training")
    crops = {name: declared.crop for name in sections if (declared := getattr(study, name))}
    section = max(crops, key=lambda name: crops[name])
    photos = plan.photos.split("train")
    for line in _too_small(photos, study.photos.reduce, crops[section], f"{section}.crop"):
        yield f"{line}; remove the photo, or choose a smaller crop"


def _too_small(photos: Sequence[Photo], reduce: int, side: int, key: str) -> Iterator[str]:
    """What is wrong with each photo that has fewer pixels a side, after its reduction."""
    for photo in photos:
        width, height = _sides(photo, reduce)
        if min(width, height) < side:
            reduced = f" after photos.reduce: {reduce}" if reduce > 1 else ""
            yield f"{key}: {side} pixels are more than {photo.path} has ({width}x{height}{reduced})"


def _losses(plan: Plan) -> Iterator[str]:
    """Losses that cannot be computed on the crops that they get."""
    study = plan.study
    losses = dict.fromkeys(cell.fidelity for cell in plan.cells)
    asked = [("warm_start.crop", study.warm_start.crop, study.training.pixel)]
    asked += [("training.crop", study.training.crop, loss) for loss in losses]
    asked += [("training.crop", study.training.crop, study.training.pixel)]
    asked += [("optimisability.crop", study.optimisability.crop, loss) for loss in losses]
    for key, crop, loss in asked:
        if crop < (least := smallest_crop(loss)):
            yield f"{key}: {crop} pixels are too few for the loss {loss}; use {least} or more"


def _evaluation(plan: Plan) -> Iterator[str]:
    """Images that are too small for their task or a metric, and crops that are not there."""
    study = plan.study
    scales = _scales(plan)
    metrics = study.evaluation.metrics
    least, metric = max(((METRICS[name].minimum_side, name) for name in metrics), default=(1, ""))
    sizes: dict[str, dict[str, tuple[int, int]]] = {}
    for name in study.evaluation.sets:
        reduce = evaluation_reduction(study, name)
        images = evaluation_images(study, name, plan.photos)
        sizes[name] = {image.name: _sides(image, reduce) for image in images}
        for line in _too_small(images, reduce, max(scales), "tasks: scale"):
            yield f"{line}; remove the image from evaluation.sets.{name}"
        if all(min(sides) < least for sides in sizes[name].values()):
            yield (
                f"evaluation.metrics: {metric} needs images of {least} pixels a side, and "
                f"'{name}' has none; add larger images, or leave the metric out"
            )
    yield from _crops(study, scales, sizes)


def _scales(plan: Plan) -> set[int]:
    """The scales of the tasks that are used."""
    return {plan.study.tasks[task].scale for task in plan.tasks}


def _crops(
    study: Study, scales: set[int], sizes: Mapping[str, Mapping[str, tuple[int, int]]]
) -> Iterator[str]:
    """Crops of images that a set does not hold, or beyond their borders."""
    shown = strips(study.evaluation, {name: list(images) for name, images in sizes.items()})
    for index, view in enumerate(shown):
        images = sizes[view.set]
        if view.image not in images:
            yield (
                f"evaluation.crops[{index}]: '{view.image}' is not in the set '{view.set}'; "
                f"it holds {_some(list(images))}"
            )
        elif view.corner is not None:
            # The assessment cuts images to multiples of the scale.
            width, height = (
                min(side - side % scale for scale in scales) for side in images[view.image]
            )
            left, top = view.corner
            if left + view.side > width or top + view.side > height:
                yield (
                    f"evaluation.crops[{index}]: {view.side} pixels from ({left}, {top}) do not "
                    f"fit into '{view.image}' of {width}x{height}; move it or make it smaller"
                )


def _some(names: Sequence[str], shown: int = 12) -> str:
    more = f" and {len(names) - shown} others" if len(names) > shown else ""
    return ", ".join(names[:shown]) + more


def _sets(plan: Plan) -> Iterator[str]:
    """IQA sets that cannot be split into parts that share no content, or be fitted to."""
    study = plan.study
    for name, declared in study.iqa_sets.items():
        if isinstance(declared, SeveritySet):
            groups = [(photo.group, photo.split == "evaluation") for photo in plan.photos.photos]
        else:
            scores = written_scores(name, declared)
            if len({row.content for row in scores.rows}) <= _FEW:
                scores = read_scores(name, declared)
            groups = [(row.content, bool(row.held_out)) for row in scores.rows]
        test = {group for group, held_out in groups if held_out}
        contents = {group for group, _ in groups}
        if name in study.transfer.sets and (problem := too_few_contents(contents, test)):
            yield f"iqa_sets.{name}: {problem}"
        section = study.calibration
        if section and section.set == name and plan.fits:
            yield from filter(None, [calibration_problem(section, contents, test)])


def _weights(plan: Plan) -> Iterator[str]:
    study, folder = plan.study, Path(plan.study.execution.weights)
    wanted = {
        **{f"evaluation.metrics: {one}": weights_of(one) for one in study.evaluation.metrics},
        **{f"training.pixel: {study.training.pixel}": weights_of(study.training.pixel)},
        **{f"grid.fidelity: {cell.fidelity}": weights_of(cell.fidelity) for cell in plan.cells},
    }
    for cell in plan.cells:
        spec = study.discriminators.get(cell.discriminator)
        if spec and spec.initialisation == "pretrained":
            entry = BACKBONES[spec.backbone].weights
            wanted[f"discriminators.{cell.discriminator}"] = {entry} if entry else set()
    for key, entries in wanted.items():
        for entry in sorted(entries):
            if not has_weights(entry, folder):
                yield f"{key}: needs the weights {entry}, which are not there; {remedy(entry)}"
    for name in study.evaluation.metrics:
        contract = METRICS[name]
        if isinstance(contract, Borrowed) and not plan.has_weights(name):
            yield (
                f"evaluation.metrics: {name}: the weights of {contract.part} are not there, or not "
                f"in {plan.lock.path}; {plan.lock.remedy}"
            )
    yield from _other_bytes(plan, folder)


def _other_bytes(plan: Plan, folder: Path) -> Iterator[str]:
    """The files that are there with other bytes than the lock says."""
    files = {folder / name: file for name, file in plan.lock.files.items()}
    there = [path for path in files if path.is_file()]
    for path, found in (cached_sha256(there) if there else {}).items():
        if found != files[path].sha256:
            yield (
                f"{path}: has other bytes than {plan.lock.path} says; "
                f"remove it and {plan.lock.remedy}"
            )


def _tracker(plan: Plan) -> Iterator[str]:
    tracker = plan.study.execution.tracker
    spec = find_spec(tracker) if tracker else None
    if tracker and (spec is None or spec.origin is None):  # W&B's own folder is no package
        yield (
            f"execution.tracker: {tracker} is not installed; "
            f"`pip install -e .[{tracker}]`, or remove the key"
        )


def _device(plan: Plan) -> Iterator[str]:
    if plan.study.execution.device == "cuda":
        from asymmetry.core.devices import choose_device

        try:
            choose_device("cuda")
        except UserError as error:
            yield str(error)
