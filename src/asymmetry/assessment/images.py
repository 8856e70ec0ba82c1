"""The images of the evaluation sets, as references and inputs."""

from dataclasses import dataclass
from functools import lru_cache

from torch import Tensor

from asymmetry.data.images import to_tensor
from asymmetry.data.photos import Manifest, Photo
from asymmetry.data.sets import (
    evaluation_draws,
    evaluation_images,
    evaluation_reduction,
    reference_and_input,
)
from asymmetry.study import Study, Task


@dataclass(frozen=True)
class EvaluationImage:
    """An image of an evaluation set; `reduce` is the integer reduction before use."""

    set: str
    photo: Photo
    reduce: int


def all_images(study: Study, manifest: Manifest) -> list[EvaluationImage]:
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
