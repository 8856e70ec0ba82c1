"""Distortions at known severities. Their levels are ranks, never opinion scores."""

from collections.abc import Callable
from dataclasses import dataclass

import numpy as np

from asymmetry.data.images import Rgb
from asymmetry.data.modes import round_to_uint8
from asymmetry.data.operations import add_noise, blur, compress, resize


@dataclass(frozen=True)
class Distortion:
    """A distortion and the strengths of its mildest and its strongest level."""

    apply: Callable[[Rgb, float, np.random.Generator], Rgb]
    mildest: float
    strongest: float

    def strength(self, level: int, levels: int) -> float:
        """The strength at a level from 1 to `levels` (2 or more), in geometric steps."""
        return self.mildest * (self.strongest / self.mildest) ** ((level - 1) / (levels - 1))


def distort(kind: str, level: int, levels: int, rgb: Rgb, rng: np.random.Generator) -> Rgb:
    """An image, uint8 [H,W,3], distorted at a level from 1 (mild) to `levels` (severe), same size.

    `kind` is a key of `DISTORTIONS`. Only `noise` draws from `rng`. With the same draws, all levels
    of an image differ in strength alone.
    """
    distortion = DISTORTIONS[kind]
    return distortion.apply(rgb, distortion.strength(level, levels), rng)


def _blur(rgb: Rgb, sigma: float, _: np.random.Generator) -> Rgb:
    return round_to_uint8(blur(rgb, sigma))


def _noise(rgb: Rgb, sigma: float, rng: np.random.Generator) -> Rgb:
    return round_to_uint8(add_noise(rgb, sigma, rng))


def _jpeg(rgb: Rgb, quality: float, _: np.random.Generator) -> Rgb:
    return compress(rgb, round(quality))


def _downsample(rgb: Rgb, factor: float, _: np.random.Generator) -> Rgb:
    """Bicubic reduction and enlargement, cut to the size of the image from its top left."""
    height, width = rgb.shape[:2]
    return round_to_uint8(resize(resize(rgb, 1 / factor), factor)[:height, :width])


def _contrast(rgb: Rgb, share: float, _: np.random.Generator) -> Rgb:
    """`share` of the contrast is taken away, about the mean of each channel."""
    mean = rgb.mean((0, 1))
    return round_to_uint8(mean + (1 - share) * (rgb - mean))


DISTORTIONS = {
    "blur": Distortion(_blur, 0.6, 6.0),  # sigma, pixels
    "noise": Distortion(_noise, 4.0, 64.0),  # sigma, 0 to 255
    "jpeg": Distortion(_jpeg, 70.0, 4.0),  # quality
    "downsample": Distortion(_downsample, 1.5, 8.0),  # factor
    "contrast": Distortion(_contrast, 0.1, 0.8),  # share of the contrast taken away
}
