"""Which images of the calibration's set fit channel weights, and which are left to measure on."""

from dataclasses import replace

from asymmetry.errors import UserError
from asymmetry.iqa.sets import IqaImages
from asymmetry.randomness import draws
from asymmetry.study import Calibration, Study

FEWEST = 2  # contents: one that fits and one that checks; an interval needs two as well


def fitting_contents(section: Calibration, images: IqaImages) -> frozenset[str]:
    """The contents whose images fit the weights: a drawn share, none that the set keeps for tests.

    Raises UserError where fewer than two contents fit, or fewer than two are left.
    """
    every = {image.group for image in images.images}
    free = sorted(every - {image.group for image in images.images if image.held_out})
    size = round(section.train * len(free))
    if size < FEWEST or len(every) - size < FEWEST:
        raise UserError(
            f"calibration.train: {section.train:g} of {len(free)} contents of '{section.set}' fits "
            f"on {size} and measures on {len(every) - size}; both need {FEWEST} or more"
        )
    order = draws(section.seed, "calibration").permutation(len(free))
    return frozenset(free[place] for place in order[:size])


def fitting_images(section: Calibration, images: IqaImages) -> IqaImages:
    """The images that fit the weights."""
    contents = fitting_contents(section, images)
    return replace(images, images=tuple(one for one in images.images if one.group in contents))


def unfitted_images(study: Study, images: IqaImages) -> IqaImages:
    """The images that fitted no weights: all, unless this is the set of the study's calibration."""
    section = study.calibration
    if section is None or section.set != images.name:
        return images
    contents = fitting_contents(section, images)
    return replace(images, images=tuple(one for one in images.images if one.group not in contents))
