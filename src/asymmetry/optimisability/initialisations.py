"""The initialisations of a recovery: distorted versions of the reference, and white noise."""

import numpy as np

from asymmetry.core.randomness import draws
from asymmetry.data.distortions import distort
from asymmetry.data.images import Rgb

_MIDDLE, _LEVELS = 2, 3


def initialisation(kind: str, reference: Rgb, photo: str) -> Rgb:
    """The image from which a reference, uint8 [H,W,3], is recovered; the same for every loss.

    `white` is uniform noise, which does not depend on the reference. Any other `kind` is a
    distortion at the middle of its severities (`data.distortions`: JPEG of quality 17, noise of
    sigma 16, blur of sigma 1.9 pixels). The draws are counted by `photo`, the photo's name.
    """
    rng = draws(0, f"optimisability/{photo}/{kind}")
    if kind == "white":
        return rng.integers(0, 256, reference.shape, np.uint8)
    return distort(kind, _MIDDLE, _LEVELS, reference, rng)
