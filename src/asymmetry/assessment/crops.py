"""Views of restored images, kept for the figures and the comparison."""

import io
from collections.abc import Sequence
from pathlib import Path

from PIL import Image
from torch import Tensor

from asymmetry.assessment.images import EvaluationImage
from asymmetry.core.errors import UserError
from asymmetry.core.files import write_atomically
from asymmetry.data.images import to_uint8
from asymmetry.study import CropStrip
from asymmetry.study.views import View


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
