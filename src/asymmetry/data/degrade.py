"""Degradations that the generators learn to undo."""

import numpy as np
import numpy.typing as npt

from asymmetry.data.images import Rgb
from asymmetry.data.modes import round_to_uint8
from asymmetry.data.operations import (
    Pixels,
    add_noise,
    blur,
    blur_and_reduce,
    compress,
    reduce_bicubic,
    spread,
)
from asymmetry.data.second_order import apply_degradation, draw_degradation
from asymmetry.study import Task


def degrade(task: Task, reference: Rgb, rng: np.random.Generator) -> Rgb:
    """The input that belongs to a reference, uint8 [H,W,3] to [ceil(H/scale),ceil(W/scale),3].

    `bicubic` is MATLAB's imresize, rounded to 8 bits; it draws nothing. `blind` is a light form of
    the usual model of real degradations (Elad and Feuer 1997; first order of Real-ESRGAN, Wang et
    al. 2021): Gaussian blur, bicubic reduction, Gaussian noise, JPEG; `second-order` is the whole
    of Real-ESRGAN's (see `data.second_order`). `noise` is white Gaussian
    noise; `blur` is a Gaussian, or the task's own point spread function, and then such noise. Both
    keep the size, and are rounded and clipped to 8 bits, as a camera's file would be. Strengths are
    uniform in the task's ranges, a function of `rng` alone.
    """
    match task.degradation:
        case "bicubic":
            return reduce_bicubic(reference, task.scale)
        case "second-order":
            return apply_degradation(draw_degradation(rng), reference, task.scale, rng)
        case "noise":
            return _noisy(task, reference, rng)
        case "blur":
            return _noisy(task, _blurred(task, reference, rng), rng)
    reduced = blur_and_reduce(reference, rng.uniform(*task.blur), task.scale)
    noisy, (low, high) = _noisy(task, reduced, rng), task.jpeg
    return compress(noisy, int(rng.integers(low, high, endpoint=True)))


def _noisy(task: Task, image: Pixels, rng: np.random.Generator) -> Rgb:
    return round_to_uint8(add_noise(image, rng.uniform(*task.noise), rng))


def _blurred(task: Task, image: Rgb, rng: np.random.Generator) -> npt.NDArray[np.float64]:
    if task.psf is None:
        return blur(image, rng.uniform(*task.blur))
    return spread(image, task.psf)
