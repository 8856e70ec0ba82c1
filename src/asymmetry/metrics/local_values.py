"""The values of a metric over an image: of each pixel, or of each tile as if it were an image."""

from pathlib import Path

import torch
import torch.nn.functional as F
from torch import Tensor

from asymmetry.metrics.artifacts_ldl import artifact_map
from asymmetry.metrics.build import build_formula
from asymmetry.metrics.planes import Planes
from asymmetry.metrics.scaled import Scaled

_NO_WEIGHTS = Path()


@torch.inference_mode()
def artifact_values(restored: Planes, reference: Planes) -> Tensor:
    """The map whose mean is `artifacts_ldl`, [H, W]; the border that the metric crops is 0."""
    found = artifact_map(restored.of("artifacts_ldl"), reference.of("artifacts_ldl"))
    return F.pad(found, (restored.scale,) * 4)[0, 0]


@torch.inference_mode()
def tile_values(name: str, restored: Planes, reference: Planes, side: int) -> Tensor:
    """A metric without weights of each tile, alone: [rows, columns] of one image.

    Tiles have `side` pixels, or the image's shorter side, and overlap by half. What none reaches at
    the right and at the bottom is left out. Raises UserError where the image is smaller than the
    metric can measure.
    """
    planes = [image.of(name) for image in (restored, reference)]
    side = min(side, *planes[0].shape[2:])
    tiles = [x[0, 0].unfold(0, side, side // 2).unfold(1, side, side // 2) for x in planes]
    measure = build_formula(name, _NO_WEIGHTS)
    formula = measure.at(restored.scale) if isinstance(measure, Scaled) else measure
    one, other = (x.reshape(-1, 1, side, side) for x in tiles)
    return formula(one, other).view(tiles[0].shape[:2])


def over_pixels(values: Tensor, restored: Planes, side: int) -> Tensor:
    """The values of tiles [rows, columns] at the pixels [H, W], each of the tile nearest to it.

    The border that the metric crops is 0.
    """
    scale = restored.scale
    height, width = (length - 2 * scale for length in restored.images.shape[2:])
    side = min(side, height, width)
    step = side // 2
    rows, columns = (
        ((torch.arange(length) - step // 2) // step).clamp(0, count - 1)
        for length, count in zip((height, width), values.shape, strict=True)
    )
    return F.pad(values[rows][:, columns], (scale,) * 4)
