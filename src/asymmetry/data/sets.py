"""The images that trained generators are assessed on. Imports no numpy until pixels are read."""

from pathlib import Path
from typing import TYPE_CHECKING

from asymmetry.core.files import digest
from asymmetry.data.folders import LeftOut, find_photos
from asymmetry.data.photos import Photo, PhotoManifest, folder_photos
from asymmetry.data.views import View, views
from asymmetry.study import Study, Task

if TYPE_CHECKING:
    import numpy as np

    from asymmetry.data.images import Rgb

HELD_OUT = "photos"


def evaluation_images(study: Study, set_name: str, manifest: PhotoManifest) -> list[Photo]:
    """The references of an evaluation set, sorted by name: the photos held out, or a folder's.

    Raises UserError where the folder is missing or empty, or an image of it is unreadable.
    """
    source = study.evaluation.sets[set_name]
    if source == HELD_OUT:
        return manifest.split("evaluation")
    return folder_photos(Path(source))


def study_views(study: Study, manifest: PhotoManifest) -> list[View]:
    """The parts of evaluation images that the assessment keeps of every generator's output."""
    names = {
        name: [photo.name for photo in evaluation_images(study, name, manifest)]
        for name in study.evaluation.sets
    }
    return views(study.evaluation, names)


def left_out(folder: str) -> list[LeftOut]:
    """The files of an evaluation set's folder that are not taken as references."""
    return find_photos(Path(folder)).left_out


def evaluation_reduction(study: Study, set_name: str) -> int:
    """The reduction before use: `photos.reduce` for the photos held out, none for a folder."""
    return study.photos.reduce if study.evaluation.sets[set_name] == HELD_OUT else 1


def set_digest(study: Study, set_name: str, manifest: PhotoManifest) -> str:
    """The sha256 (hex) of the names, bytes and reduction of a set's images; no paths in it."""
    images = evaluation_images(study, set_name, manifest)
    reduction = evaluation_reduction(study, set_name)
    return digest([reduction, *([image.name, image.sha256] for image in images)])


def evaluation_draws(set_name: str, image: str) -> "np.random.Generator":
    """The draws of an image's degradation: the same for all runs, seeds and processes."""
    from asymmetry.core.randomness import draws

    return draws(0, f"evaluation/{set_name}/{image}")


def reference_and_input(
    photo: Photo, task: Task, reduce: int, rng: "np.random.Generator"
) -> "tuple[Rgb, Rgb]":
    """A reference [H,W,3], its sides multiples of the scale, and its input [H/scale,W/scale,3].

    Raises UserError as `load_photo`, and where the photo is smaller than the scale.
    """
    from asymmetry.data.degrade import degrade
    from asymmetry.data.images import crop_to_multiple
    from asymmetry.data.load import load_photo

    reference = crop_to_multiple(load_photo(photo, reduce, task.scale), task.scale)
    return reference, degrade(task, reference, rng)
