"""The pictures of a user study: images as in the assessment, as PNG files named by content."""

import hashlib
import io
import logging
from collections import defaultdict
from collections.abc import Iterable
from pathlib import Path
from typing import NamedTuple

import numpy as np
import torch
from PIL import Image

from asymmetry.assessment.images import EvaluationImage, all_images, reference_and_low
from asymmetry.assessment.targets import find_target
from asymmetry.assessment.work import restoring
from asymmetry.core.devices import choose_device, repeatable
from asymmetry.core.files import write_if_changed
from asymmetry.data.images import Rgb, central_square, to_uint8
from asymmetry.planning.plan import Plan
from asymmetry.userstudy.plan import picture_path
from asymmetry.userstudy.sessions import REFERENCE, WORSE

_COARSE = 8
_log = logging.getLogger(__name__)

Images = dict[tuple[str, str], EvaluationImage]


class Shot(NamedTuple):
    """A picture that is needed: what it `shows` of a photo of a set under a task."""

    task: str
    set: str
    image: str
    shows: str


def write_pictures(plan: Plan, shots: Iterable[Shot], crop: int, folder: Path) -> dict[Shot, str]:
    """Write each shot's central square of `crop` pixels below `folder`; the names of the files.

    `shows` is the id of a run or a method of others, which restores the photo as in the assessment,
    or the reference, or `WORSE`. Raises UserError where a model or photo is not the one recorded.
    """
    repeatable(plan.study.numerics.threads)
    images = {(one.set, one.photo.name): one for one in all_images(plan.study, plan.photos)}
    wanted = defaultdict(list)
    for shot in shots:
        wanted[shot.shows].append(shot)
    names = {}
    for index, (shows, shots_of_it) in enumerate(sorted(wanted.items()), start=1):
        made = _of_photos if shows in (REFERENCE, WORSE) else _of_run
        for shot, rgb in made(plan, shots_of_it, images):
            names[shot] = write_picture(central_square(rgb, crop), folder)
        _log.info("pictures %d of %d: %s", index, len(wanted), shows)
    return names


def _of_run(plan: Plan, shots: list[Shot], images: Images) -> Iterable[tuple[Shot, Rgb]]:
    """The photos as a run or a method of others restores them, one at a time in memory."""
    target = find_target(plan, shots[0].shows)
    task = plan.study.tasks[target.task]
    restore = restoring(target, task.scale, choose_device(plan.study.execution.device))
    for shot in shots:
        image = images[shot.set, shot.image]
        _, low = reference_and_low(image, task)
        with torch.inference_mode():
            yield shot, to_uint8(restore(image, low))


def _of_photos(plan: Plan, shots: list[Shot], images: Images) -> Iterable[tuple[Shot, Rgb]]:
    """The photos themselves, or at an obviously worse resolution."""
    for shot in shots:
        reference, _ = reference_and_low(images[shot.set, shot.image], plan.study.tasks[shot.task])
        rgb = to_uint8(reference)
        yield shot, coarse(rgb) if shot.shows == WORSE else rgb


def coarse(rgb: Rgb) -> Rgb:
    """An image [H,W,3] at an eighth of its resolution, in its own size."""
    image = Image.fromarray(rgb)
    small = image.reduce(_COARSE)
    return np.asarray(small.resize(image.size, Image.Resampling.BICUBIC))


def write_picture(rgb: Rgb, folder: Path) -> str:
    """Write an image [H,W,3] as PNG below `folder`; its name, the sha256 (hex) of the file."""
    content = io.BytesIO()
    Image.fromarray(rgb).save(content, "PNG")
    name = f"{hashlib.sha256(content.getvalue()).hexdigest()}.png"
    write_if_changed(picture_path(folder, name), content.getvalue())
    return name
