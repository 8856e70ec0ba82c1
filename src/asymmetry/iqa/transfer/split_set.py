"""An IQA set with its splits, on which models are trained and tested."""

import logging
from functools import cached_property

import numpy as np

from asymmetry.core.errors import UserError
from asymmetry.data.iqa_sets.digests import iqa_set_digest
from asymmetry.data.iqa_sets.images import IqaImage, load_set
from asymmetry.data.iqa_sets.splits import shared_line, shared_training, split_by_content
from asymmetry.iqa.transfer.examples import Examples, Views
from asymmetry.planning.plan import Plan
from asymmetry.study import Study

FR = "fr"
_log = logging.getLogger(__name__)


class SplitSet:
    """A set with its splits; the images are decoded when the first model needs them.

    Raises UserError where the set cannot be read or split.
    """

    def __init__(self, study: Study, plan: Plan, name: str) -> None:
        self.name = name
        self.digest = iqa_set_digest(study, name, plan.photos)
        self._images = _apart(name, load_set(study, name, plan.photos).images)
        self.groups = [image.group for image in self._images]
        self.scores = np.array([image.score for image in self._images])
        self.has_references = all(image.reference for image in self._images)
        held_out = {image.group for image in self._images if image.held_out}
        self.splits = [
            split_by_content(self.groups, index, held_out) for index in range(study.transfer.splits)
        ]

    def examples(self, reference: str) -> Examples:
        """All images and their scores: alone (`nr`), or beside their references (`fr`).

        Raises UserError where an image and its reference differ in size.
        """
        return Examples(self._pairs if reference == FR else self._alone, self.scores)

    @cached_property
    def _alone(self) -> list[Views]:
        return [(image.pixels(),) for image in self._images]

    @cached_property
    def _pairs(self) -> list[Views]:
        pairs: list[Views] = []
        for image, (pixels,) in zip(self._images, self._alone, strict=True):
            reference = image.reference() if image.reference else pixels
            if reference.shape != pixels.shape:
                raise UserError(
                    f"iqa_sets.{self.name}: {image.name} and its reference differ in size; "
                    "a full-reference model needs them alike"
                )
            pairs.append((pixels, reference))
        return pairs


def _apart(name: str, images: tuple[IqaImage, ...]) -> list[IqaImage]:
    """The images, without the training images that share a content with a test image."""
    shared = shared_training(
        [image.held_out for image in images], [image.group for image in images]
    )
    if shared:
        _log.warning("%s", shared_line(name, [images[index].name for index in sorted(shared)]))
    return [image for index, image in enumerate(images) if index not in shared]
