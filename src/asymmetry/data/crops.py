"""The crops that a training sees: a pure function of the seed and the step."""

from dataclasses import dataclass

import numpy as np
import torch
from torch import Tensor

from asymmetry.core.randomness import draws
from asymmetry.data.degrade import degrade
from asymmetry.data.images import Rgb, crop_to_multiple, to_tensor
from asymmetry.data.load import load_photo
from asymmetry.data.operations import reduce_bicubic
from asymmetry.data.photos import Photo
from asymmetry.study import Task


@dataclass(frozen=True)
class _Crop:
    """A crop of a photo, its corner in pixels of the low resolution, and how it is turned."""

    photo: int
    top: int
    left: int
    flip: bool
    turns: int


class TrainingCrops:
    """Pairs of aligned crops, degraded and reference.

    Every photo is equally likely, whatever its size: by area, one large photo would fill the
    training. Then every position in it is equally likely. Crops are mirrored half of the time and
    turned by 0, 90, 180 or 270 degrees. Draws are counted from (seed, step, sample), in the streams
    "crop" and "degradation". The `bicubic` input is cut out of the whole reduced photo, so the true
    neighbours contribute to its borders. The other degradations differ from sample to sample; they
    are applied to the crop after it is mirrored and turned.
    """

    def __init__(
        self, photos: list[Photo], task: Task, crop: int, batch: int, seed: int, reduce: int
    ) -> None:
        """Decode all photos, reduced by `reduce`; `crop` is a multiple of the task's scale.

        Raises UserError where a photo is smaller than a crop, changed or unreadable.
        """
        self.task, self.crop, self.batch_size, self.seed = task, crop, batch, seed
        scale = task.scale
        self._references = [
            crop_to_multiple(load_photo(photo, reduce, crop), scale) for photo in photos
        ]
        self._reduced: list[Rgb] = []
        if task.degradation == "bicubic":
            self._reduced = [reduce_bicubic(reference, scale) for reference in self._references]

    def batch(self, step: int) -> tuple[Tensor, Tensor]:
        """The inputs [B,3,crop/scale,crop/scale] and references [B,3,crop,crop] of a step.

        float32 on the CPU, 0 to 1.
        """
        pairs = [self._pair(step, sample) for sample in range(self.batch_size)]
        low, reference = zip(*pairs, strict=True)
        return torch.cat([*map(to_tensor, low)]), torch.cat([*map(to_tensor, reference)])

    def _pair(self, step: int, sample: int) -> tuple[Rgb, Rgb]:
        crop, scale = self._crop(step, sample), self.task.scale
        reference = _cut(self._references[crop.photo], crop, scale, self.crop)
        if self._reduced:
            return _cut(self._reduced[crop.photo], crop, 1, self.crop // scale), reference
        rng = draws(self.seed, "degradation", step, sample)
        return degrade(self.task, reference, rng), reference

    def _crop(self, step: int, sample: int) -> _Crop:
        rng = draws(self.seed, "crop", step, sample)
        photo = int(rng.integers(len(self._references)))
        height, width = (side // self.task.scale for side in self._references[photo].shape[:2])
        side = self.crop // self.task.scale
        top, left = int(rng.integers(height - side + 1)), int(rng.integers(width - side + 1))
        return _Crop(photo, top, left, bool(rng.integers(2)), int(rng.integers(4)))


def _cut(rgb: Rgb, crop: _Crop, scale: int, size: int) -> Rgb:
    top, left = crop.top * scale, crop.left * scale
    square = np.rot90(rgb[top : top + size, left : left + size], crop.turns)
    return np.ascontiguousarray(square[:, ::-1] if crop.flip else square)
