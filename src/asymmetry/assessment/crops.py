"""Crops of restored images, kept for the figures."""

import io
from collections.abc import Sequence
from pathlib import Path

from PIL import Image
from torch import Tensor

from asymmetry.assessment.images import EvaluationImage
from asymmetry.data.images import to_uint8
from asymmetry.errors import UserError
from asymmetry.files import write_atomically
from asymmetry.study import CropStrip


def check_crops(crops: Sequence[CropStrip], images: Sequence[EvaluationImage]) -> None:
    """UserError where a crop names an image that its set does not hold."""
    for index, crop in enumerate(crops):
        names = [image.photo.name for image in images if image.set == crop.set]
        if crop.image not in names:
            raise UserError(
                f"evaluation.crops[{index}]: '{crop.image}' is not in the set '{crop.set}'; "
                f"it holds {', '.join(names)}"
            )


def save_crop(image: Tensor, crop: CropStrip, path: Path) -> None:
    """Save a crop of an image [1, 3, H, W] in 0..1 as PNG; UserError where it does not fit."""
    right, bottom = crop.left + crop.size, crop.top + crop.size
    height, width = image.shape[2:]
    if right > width or bottom > height:
        raise UserError(
            f"evaluation.crops: {crop.size} pixels from ({crop.left}, {crop.top}) do not fit into "
            f"'{crop.image}' of {width}x{height}; move the crop or make it smaller"
        )
    content = io.BytesIO()
    pixels = image[..., crop.top : bottom, crop.left : right].nan_to_num()
    Image.fromarray(to_uint8(pixels)).save(content, "PNG")
    write_atomically(path, content.getvalue())
