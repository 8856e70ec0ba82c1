"""The scores of images of no study, by the metrics and conventions of the assessment."""

import logging
import math
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

import pandas as pd
import torch

from asymmetry.assessment.scores import Reference, Score
from asymmetry.core.devices import choose_device, repeatable
from asymmetry.core.errors import UserError
from asymmetry.core.names import check_name
from asymmetry.data.folders import find_photos
from asymmetry.data.images import Rgb, crop_to_multiple, read_rgb, to_tensor
from asymmetry.data.restored import matched_names, no_match, size_problem
from asymmetry.fidelity.as_metric import build_metric
from asymmetry.fidelity.registry import is_calibrated
from asymmetry.metrics.build import Metric
from asymmetry.metrics.contracts import METRICS
from asymmetry.metrics.planes import Planes
from asymmetry.tables.schemas import MISSING_IMAGE

_log = logging.getLogger(__name__)
COLUMNS = ["image", "metric", "convention", "value", "status"]


@dataclass(frozen=True)
class Pair:
    """An image with its reference, if it has one; without an image, a reference that lacks it."""

    name: str
    image: Path | None
    reference: Path | None


def score(
    images: Path,
    references: Path | None,
    metrics: Sequence[str],
    scale: int,
    weights: Path,
) -> pd.DataFrame:
    """A row for each image, or pair of images, and metric: `COLUMNS`.

    `images` and `references` are two files or two folders, whose images are matched by names; a
    reference without an image has rows of the status "missing image", an image without a reference
    is left out with a warning. `scale` is the factor of the task: borders are cropped by it, and
    images to multiples of it.

    Raises UserError, before anything is measured, where a metric is unknown, lacks its weights or
    a reference, an image cannot be read, or two are of different sizes.
    """
    contracts = {name: METRICS[name] for name in known_metrics(metrics)}
    for name, contract in contracts.items():
        if contract.full_reference and references is None:
            raise UserError(
                f"--metrics: {name} compares two images; give the REFERENCE, or leave {name} out"
            )
    repeatable(threads=1)  # as in a study by default, so that the numbers are the same
    device = choose_device("auto")
    built = {name: build_metric(name, weights, device) for name in contracts}
    listed = pairs(images, references)
    _check_images(listed, scale)
    rows = [
        [pair.name, name, contracts[name].convention, *found]
        for pair in listed
        for name, found in _scores(pair, scale, built, device).items()
    ]
    return pd.DataFrame(rows, columns=COLUMNS)


def known_metrics(names: Sequence[str]) -> list[str]:
    """The names, each once; UserError where one is no metric, or one that only a study has."""
    for name in names:
        try:
            check_name(name, METRICS, "metric")
        except ValueError as error:
            raise UserError(f"--metrics: {error}") from None
        if is_calibrated(name):
            raise UserError(f"--metrics: {name} has channel weights that only a study fits")
    return list(dict.fromkeys(names))


def pairs(images: Path, references: Path | None) -> list[Pair]:
    """The images with their references, of two files or of two folders.

    Raises UserError where one is a file and the other a folder, where a folder is missing or holds
    no image, and where no name of two folders is the same.
    """
    if not images.is_dir():
        if references is not None and references.is_dir():
            raise UserError(f"{references}: is a folder, but {images} is not; give two of a kind")
        return [Pair(images.stem, images, references)]
    found = find_photos(images).paths
    if references is None:
        return [Pair(name, path, None) for name, path in found.items()]
    if not references.is_dir():
        raise UserError(f"{references}: is no folder, but {images} is one; give two of a kind")
    wanted = find_photos(references).paths
    matched = matched_names(wanted, found)
    if not matched:
        raise UserError(no_match(images, wanted, found))
    if over := sorted(set(found).difference(matched.values())):
        _log.warning(
            "%s: %d images left out, such as %s: no reference has their name",
            *(images, len(over), over[0]),
        )
    return [
        Pair(name, found[matched[name]] if name in matched else None, path)
        for name, path in wanted.items()
    ]


def _check_images(listed: Sequence[Pair], scale: int) -> None:
    """UserError, with a line for each mistake, where an image cannot be read or compared."""
    mistakes = []
    for pair in listed:
        try:
            image, reference = _read(pair)
        except UserError as error:
            mistakes.append(str(error))
            continue
        if image is None or reference is None:
            continue
        sizes = [(rgb.shape[1], rgb.shape[0]) for rgb in (image, reference)]
        if problem := size_problem(sizes[0], sizes[1], scale):
            mistakes.append(f"{pair.image}: {problem}")
    if mistakes:
        raise UserError("\n".join(mistakes))


def _read(pair: Pair) -> tuple[Rgb | None, Rgb | None]:
    image, reference = (
        None if path is None else read_rgb(path) for path in (pair.image, pair.reference)
    )
    return image, reference


def _scores(
    pair: Pair, scale: int, metrics: dict[str, Metric], device: torch.device
) -> dict[str, Score]:
    image, reference = _read(pair)
    if image is None:
        return dict.fromkeys(metrics, Score(math.nan, MISSING_IMAGE))
    restored = _planes(image, scale, device)
    # A metric without a reference never looks at it.
    other = restored if reference is None else _planes(reference, scale, device)
    found = Reference(other.images, scale, metrics)
    return {name: found.scores(name, restored)[0] for name in metrics}


def _planes(rgb: Rgb, scale: int, device: torch.device) -> Planes:
    return Planes(to_tensor(crop_to_multiple(rgb, scale)).to(device), scale)
