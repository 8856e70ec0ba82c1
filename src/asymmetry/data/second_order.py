"""The second-order degradation of Real-ESRGAN (Wang, Xie, Dong and Shan, ICCVW 2021, section 3).

Two rounds of blur, resizing, noise and JPEG; then a sinc filter, which rings, and the last JPEG in
an order that is drawn. Ranges and probabilities are those of the paper's section 4.1 and of its
authors' training settings for x4. What is drawn (`draw_degradation`) is apart from what is done
with it (`apply_degradation`), so that the distributions can be tested.
"""

import math
from dataclasses import dataclass
from typing import Literal, get_args

import numpy as np
import numpy.typing as npt
import torch
from torch.nn import functional as F

from asymmetry.data.images import Rgb
from asymmetry.data.kernels import Kernel, generalised, plateau, sinc
from asymmetry.data.modes import round_to_uint8
from asymmetry.data.operations import compress

Interpolation = Literal["area", "bilinear", "bicubic"]
Picture = npt.NDArray[np.float64]
"""An image [H,W,3], 0 to 255, neither clamped nor rounded."""

KERNELS = ("iso", "aniso", "generalised iso", "generalised aniso", "plateau iso", "plateau aniso")
KERNEL_SHARES = (0.45, 0.25, 0.12, 0.03, 0.12, 0.03)
SIZES = (7, 9, 11, 13, 15, 17, 19, 21)
SINC = 0.1  # share of the blurs that are sinc filters
BETA_GENERALISED, BETA_PLATEAU = (0.5, 4.0), (1.0, 2.0)
GAUSSIAN, GREY = 0.5, 0.4  # shares: of Gaussian noise, else Poisson; of grey noise
QUALITY = (30, 95)
FINAL_SINC, SINC_FIRST = 0.8, 0.5


@dataclass(frozen=True)
class Ranges:
    """What differs between the rounds: shares of `resize` are up, down and neither."""

    blurred: float
    sigma: tuple[float, float]
    resize: tuple[float, float, float]
    factor: tuple[float, float]
    gaussian: tuple[float, float]
    poisson: tuple[float, float]


FIRST = Ranges(1.0, (0.2, 3.0), (0.2, 0.7, 0.1), (0.15, 1.5), (1, 30), (0.05, 3.0))
SECOND = Ranges(0.8, (0.2, 1.5), (0.3, 0.4, 0.3), (0.3, 1.2), (1, 25), (0.05, 2.5))


@dataclass(frozen=True)
class Noise:
    """Gaussian noise of `strength` (sigma, 0 to 255), or Poisson noise scaled by it."""

    gaussian: bool
    strength: float
    grey: bool


@dataclass(frozen=True)
class Round:
    """What is drawn of one round; without a `kernel` it does not blur."""

    kernel: Kernel | None
    shape: str
    factor: float
    interpolation: Interpolation
    noise: Noise
    quality: int


@dataclass(frozen=True)
class Degradation:
    """What is drawn of a degradation; without a `kernel` the last step does not ring."""

    rounds: tuple[Round, Round]
    kernel: Kernel | None
    sinc_first: bool
    interpolation: Interpolation


def draw_degradation(rng: np.random.Generator) -> Degradation:
    """All that a degradation draws but the noise of its pixels."""
    rounds = (_draw_round(FIRST, rng), _draw_round(SECOND, rng))
    kernel = _draw_sinc(int(rng.choice(SIZES)), rng) if rng.random() < FINAL_SINC else None
    return Degradation(rounds, kernel, bool(rng.random() < SINC_FIRST), _draw_interpolation(rng))


def apply_degradation(
    drawn: Degradation, reference: Rgb, scale: int, rng: np.random.Generator
) -> Rgb:
    """The input of a reference, uint8 [H,W,3] to [ceil(H/scale),ceil(W/scale),3]."""
    first, second = drawn.rounds
    height, width = (-(-side // scale) for side in reference.shape[:2])
    once = compress(_noisy(first, _reduced(first, _exact(reference)), rng), first.quality)
    # Sizes of the second round are shares of the final one, as its authors have it.
    image = _exact(once)
    if second.kernel is not None:
        image = _filtered(image, second.kernel)
    size = (max(1, round(height * second.factor)), max(1, round(width * second.factor)))
    noisy = _noisy(second, _resized(image, size, second.interpolation), rng)
    if drawn.sinc_first:
        rung = _ringing(drawn, _exact(noisy), (height, width))
        return compress(round_to_uint8(rung), second.quality)
    twice = _exact(compress(noisy, second.quality))
    return round_to_uint8(_ringing(drawn, twice, (height, width)))


def _exact(image: Rgb) -> Picture:
    return image.astype(np.float64)


def _draw_round(ranges: Ranges, rng: np.random.Generator) -> Round:
    blurred = rng.random() < ranges.blurred
    kernel, shape = _draw_kernel(ranges, rng) if blurred else (None, "none")
    noise = _draw_noise(ranges, rng)
    return Round(
        kernel,
        shape,
        _draw_factor(ranges, rng),
        _draw_interpolation(rng),
        noise,
        int(rng.integers(*QUALITY, endpoint=True)),
    )


def _draw_kernel(ranges: Ranges, rng: np.random.Generator) -> tuple[Kernel, str]:
    size = int(rng.choice(SIZES))
    if rng.random() < SINC:
        return _draw_sinc(size, rng), "sinc"
    shape = str(rng.choice(KERNELS, p=KERNEL_SHARES))
    sigma = float(rng.uniform(*ranges.sigma))
    sigmas, angle = (sigma, sigma), 0.0
    if shape.endswith("aniso"):
        sigmas, angle = (sigma, float(rng.uniform(*ranges.sigma))), float(rng.uniform(-1, 1))
    if shape.startswith("plateau"):
        return plateau(size, sigmas, angle * math.pi, _draw_beta(BETA_PLATEAU, rng)), shape
    beta = _draw_beta(BETA_GENERALISED, rng) if shape.startswith("generalised") else 1.0
    return generalised(size, sigmas, angle * math.pi, beta), shape


def _draw_beta(ends: tuple[float, float], rng: np.random.Generator) -> float:
    """One half below 1, one half above it, uniform in each."""
    return float(rng.uniform(ends[0], 1) if rng.random() < 0.5 else rng.uniform(1, ends[1]))


def _draw_sinc(size: int, rng: np.random.Generator) -> Kernel:
    return sinc(size, float(rng.uniform(math.pi / (3 if size < 13 else 5), math.pi)))


def _draw_noise(ranges: Ranges, rng: np.random.Generator) -> Noise:
    gaussian = bool(rng.random() < GAUSSIAN)
    strength = rng.uniform(*(ranges.gaussian if gaussian else ranges.poisson))
    return Noise(gaussian, float(strength), bool(rng.random() < GREY))


def _draw_factor(ranges: Ranges, rng: np.random.Generator) -> float:
    way = rng.choice(3, p=ranges.resize)
    return float([rng.uniform(1, ranges.factor[1]), rng.uniform(ranges.factor[0], 1), 1.0][way])


def _draw_interpolation(rng: np.random.Generator) -> Interpolation:
    kinds = get_args(Interpolation)
    return kinds[int(rng.integers(len(kinds)))]


def _reduced(drawn: Round, image: Picture) -> Picture:
    if drawn.kernel is not None:
        image = _filtered(image, drawn.kernel)
    size = [max(1, round(side * drawn.factor)) for side in image.shape[:2]]
    return _resized(image, (size[0], size[1]), drawn.interpolation)


def _noisy(drawn: Round, image: Picture, rng: np.random.Generator) -> Rgb:
    """The image with its noise, rounded to 8 bits."""
    noise, clean = drawn.noise, np.clip(image, 0, 255)
    seen = clean @ [[0.299], [0.587], [0.114]] if noise.grey else clean
    if noise.gaussian:
        return round_to_uint8(clean + noise.strength * rng.standard_normal(seen.shape))
    # As many photons as there are grey levels: shot noise of an image of that depth.
    levels = 2 ** np.ceil(np.log2(len(np.unique(np.round(seen)))))
    shot = 255 / levels * rng.poisson(seen / 255 * levels) - seen
    return round_to_uint8(clean + noise.strength * shot)


def _ringing(drawn: Degradation, image: Picture, size: tuple[int, int]) -> Picture:
    """The final resizing, and the sinc filter where one is drawn."""
    resized = _resized(image, size, drawn.interpolation)
    return resized if drawn.kernel is None else _filtered(resized, drawn.kernel)


def _filtered(image: Picture, kernel: Kernel) -> Picture:
    """The convolution of each channel; borders are mirrored."""
    half = len(kernel) // 2
    padded = np.pad(image, ((half, half), (half, half), (0, 0)), "symmetric")
    planes = torch.from_numpy(padded).permute(2, 0, 1).unsqueeze(1)
    weights = torch.from_numpy(kernel[::-1, ::-1].copy())[None, None]
    return F.conv2d(planes, weights).squeeze(1).permute(1, 2, 0).numpy()


def _resized(image: Picture, size: tuple[int, int], interpolation: Interpolation) -> Picture:
    planes = torch.from_numpy(np.ascontiguousarray(image)).permute(2, 0, 1).unsqueeze(0)
    aligned = {} if interpolation == "area" else {"align_corners": False}
    resized = F.interpolate(planes, size, mode=interpolation, **aligned)
    return resized[0].permute(1, 2, 0).numpy()
