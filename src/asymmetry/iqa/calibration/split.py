"""The split of the calibration's set: some images fit channel weights, others measure skill."""

from dataclasses import replace

from asymmetry.core.errors import UserError
from asymmetry.core.randomness import draws
from asymmetry.data.iqa_sets.images import IqaImages
from asymmetry.planning.calibrations import calibration_problem
from asymmetry.study import Calibration, Study


def fitting_contents(section: Calibration, images: IqaImages) -> frozenset[str]:
    """The contents whose images fit the weights: a share of those that are not for tests, drawn.

    Raises UserError where fewer than two contents would fit, or fewer than two would be left.
    """
    every = {image.group for image in images.images}
    test = {image.group for image in images.images if image.held_out}
    if problem := calibration_problem(section, every, test):
        raise UserError(problem)
    free = sorted(every - test)
    size = round(section.train * len(free))
    order = draws(section.seed, "calibration").permutation(len(free))
    return frozenset(free[index] for index in order[:size])


def fitting_images(section: Calibration, images: IqaImages) -> IqaImages:
    """The images that fit the weights."""
    contents = fitting_contents(section, images)
    return replace(images, images=tuple(one for one in images.images if one.group in contents))


def unfitted_images(study: Study, images: IqaImages) -> IqaImages:
    """The images that fit no weights: all, unless this is the set of the study's calibration."""
    section = study.calibration
    if section is None or section.set != images.name:
        return images
    contents = fitting_contents(section, images)
    return replace(images, images=tuple(one for one in images.images if one.group not in contents))
