"""The images of the evaluation sets, as references and inputs, and the views of them on disk."""

import io
from collections.abc import Sequence
from dataclasses import dataclass
from functools import lru_cache
from pathlib import Path

from PIL import Image
from torch import Tensor

from asymmetry.core.errors import UserError
from asymmetry.core.files import write_atomically
from asymmetry.data.images import to_tensor, to_uint8
from asymmetry.data.photos import Photo, PhotoManifest
from asymmetry.data.sets import (
    evaluation_draws,
    evaluation_images,
    evaluation_reduction,
    reference_and_input,
)
from asymmetry.data.views import View
from asymmetry.study import CropStrip, Study, Task


@dataclass(frozen=True)
class EvaluationImage:
    """An image of an evaluation set; `reduce` is the integer reduction before use."""

    set: str
    photo: Photo
    reduce: int


def all_images(study: Study, manifest: PhotoManifest) -> list[EvaluationImage]:
    """The images of all evaluation sets, in the study's order; errors as `evaluation_images`."""
    return [
        EvaluationImage(name, photo, evaluation_reduction(study, name))
        for name in study.evaluation.sets
        for photo in evaluation_images(study, name, manifest)
    ]


# A few images stay in memory, so that a small set is read and degraded once for all runs.
@lru_cache(maxsize=16)
def reference_and_low(image: EvaluationImage, task: Task) -> tuple[Tensor, Tensor]:
    """The reference [1, 3, H, W], a multiple of the scale, and the input [1, 3, H/scale, W/scale].

    Float32 in 0..1. The same for every run: the degradation's draws depend on the image alone.
    """
    draws = evaluation_draws(image.set, image.photo.name)
    reference, low = reference_and_input(image.photo, task, image.reduce, draws)
    return to_tensor(reference), to_tensor(low)


def check_crops(crops: Sequence[CropStrip], images: Sequence[EvaluationImage]) -> None:
    """UserError where a crop names an image that its set does not hold."""
    for index, crop in enumerate(crops):
        names = [image.photo.name for image in images if image.set == crop.set]
        if crop.image is not None and crop.image not in names:
            raise UserError(
                f"evaluation.crops[{index}]: '{crop.image}' is not in the set '{crop.set}'; "
                f"it holds {', '.join(names)}"
            )


def save_view(image: Tensor, view: View, path: Path) -> None:
    """Save a view of an image [1, 3, H, W] in 0..1 as PNG; UserError where a crop does not fit."""
    top, bottom, left, right = _box(view, *image.shape[2:])
    content = io.BytesIO()
    pixels = image[..., top:bottom, left:right].nan_to_num()
    Image.fromarray(to_uint8(pixels)).save(content, "PNG")
    write_atomically(path, content.getvalue())


def _box(view: View, height: int, width: int) -> tuple[int, int, int, int]:
    """Top, bottom, left and right of a view in an image of that size."""
    if view.corner is None:
        high, wide = min(view.side, height), min(view.side, width)
        top, left = (height - high) // 2, (width - wide) // 2
        return top, top + high, left, left + wide
    left, top = view.corner
    right, bottom = left + view.side, top + view.side
    if right > width or bottom > height:
        raise UserError(
            f"evaluation.crops: {view.side} pixels from ({left}, {top}) do not fit into "
            f"'{view.image}' of {width}x{height}; move the crop or make it smaller"
        )
    return top, bottom, left, right
