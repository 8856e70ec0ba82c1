"""Images with a planted truth: photos, noise and gratings, and what is done to them."""

import math
from functools import cache

import numpy as np
import skimage.data
import torch
from torch import Tensor

LEVEL = 1 / 255  # a grey level of 8 bits


def generator(seed: int) -> torch.Generator:
    return torch.Generator().manual_seed(seed)


@cache
def photo(name: str) -> Tensor:
    """The middle of a photo of scikit-image, within 0.1..0.9 so that nothing is clipped."""
    pixels = np.ascontiguousarray(getattr(skimage.data, name)())
    top, left = ((side - 256) // 2 for side in pixels.shape[:2])
    image = torch.from_numpy(pixels[top : top + 256, left : left + 256]).permute(2, 0, 1)
    return 0.1 + 0.8 * image.unsqueeze(0).double() / 255


def white(variance: float, seed: int = 0, side: int = 512) -> Tensor:
    """A plane of white noise about 1/2: [1, 1, side, side]."""
    noise = torch.randn(1, 1, side, side, dtype=torch.float64, generator=generator(seed))
    return 0.5 + math.sqrt(variance) * noise


def grating(frequency: float, phase: float = 0.0, side: int = 128) -> Tensor:
    """cos(2 pi frequency x + phase), the same in each row: [1, 1, side, side]."""
    x = torch.arange(side, dtype=torch.float64)
    return torch.cos(2 * math.pi * frequency * x + phase).expand(1, 1, side, side)


def frequencies(height: int, width: int) -> tuple[Tensor, Tensor]:
    """Of rows [H, 1] and columns [1, W], in cycles a pixel."""
    down, across = (torch.fft.fftfreq(side, dtype=torch.float64) for side in (height, width))
    return down.unsqueeze(1), across.unsqueeze(0)


def filtered(image: Tensor, response: Tensor) -> Tensor:
    """An image under a transfer function [H, W]; it goes on around its borders."""
    return torch.fft.ifft2(torch.fft.fft2(image) * response).real


def gaussian_response(height: int, width: int, sigma: float) -> Tensor:
    """The transfer function of a Gaussian of sigma pixels."""
    down, across = frequencies(height, width)
    return torch.exp(-2 * (math.pi * sigma) ** 2 * (down**2 + across**2))


def blurred(image: Tensor, sigma: float) -> Tensor:
    return filtered(image, gaussian_response(*image.shape[-2:], sigma))


def sharpened(image: Tensor, amount: float) -> Tensor:
    """An unsharp mask of sigma 2."""
    return image + amount * (image - blurred(image, 2))


def noisy(image: Tensor, levels: float) -> Tensor:
    noise = torch.randn(image.shape, dtype=image.dtype, generator=generator(1))
    return image + levels * LEVEL * noise


def latticed(image: Tensor, levels: float) -> Tensor:
    """Every fourth pixel of every fourth row brighter, as from a shuffle of pixels at x4."""
    comb = torch.zeros_like(image)
    comb[..., ::4, ::4] = levels * LEVEL
    return image + comb - comb.mean()


def ringing(image: Tensor, gain: float) -> Tensor:
    """Waves of 16 pixels around each edge."""
    down, across = frequencies(*image.shape[-2:])
    away = (down**2 + across**2).sqrt() - 1 / 16
    return filtered(image, 1 + gain * torch.exp(-0.5 * (away / 0.01) ** 2))


def spotted(image: Tensor, levels: float) -> Tensor:
    """Forty soft blobs of sigma 4."""
    height, width = image.shape[-2:]
    places = torch.zeros(height * width, dtype=image.dtype)
    places[torch.randperm(height * width, generator=generator(2))[:40]] = 2 * math.pi * 4**2
    return image + levels * LEVEL * blurred(places.view(1, 1, height, width), 4)


def misregistered(image: Tensor, pixels: float) -> Tensor:
    """What is above 0.1 cycles a pixel along either axis, moved to the right."""
    down, across = frequencies(*image.shape[-2:])
    fine = torch.maximum(down.abs(), across.abs()) > 0.1
    moved = torch.exp(-2j * math.pi * across * pixels)
    return filtered(image, torch.where(fine, moved, torch.ones_like(moved)))


def shuffled(image: Tensor, side: int) -> Tensor:
    """Its squares of `side` pixels in another order."""
    count = image.shape[-1] // side
    parts = image.unfold(2, side, side).unfold(3, side, side).flatten(2, 3)
    parts = parts[:, :, torch.randperm(count**2, generator=generator(3))]
    return parts.unflatten(2, (count, count)).transpose(3, 4).flatten(4).flatten(2, 3)


def recoloured(image: Tensor, amount: float) -> Tensor:
    """Another hue of the same luma of BT.601: red up, green down."""
    direction = torch.tensor([128.553, -65.481, 0.0], dtype=image.dtype).view(1, 3, 1, 1) / 128.553
    return image + amount * direction
