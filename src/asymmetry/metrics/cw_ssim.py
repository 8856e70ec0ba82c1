"""Complex-wavelet structural similarity (CW-SSIM), by Sampat et al. (TIP 2009).

pyiqa's convention: grey in 0..255, and a complex steerable pyramid of four levels and eight
orientations (Portilla and Simoncelli's buildSCFpyr). Its coarsest level is compared in windows of 7
that fit into it, with Gaussian weights; K = 0.01. That level holds an eighth of each axis of the
spectrum, so only this part is computed, in double precision.
"""

import math
from functools import lru_cache

import torch
import torch.nn.functional as F
from torch import Tensor

from asymmetry.metrics.separable import Paired
from asymmetry.metrics.steerable import in_8_bits

# The bands [B, 8, h, w] of an image, and their energy, averaged over the windows.
Bands = tuple[Tensor, Tensor]

_LEVELS, _ORIENTATIONS = 4, 8
_WINDOW = 7
_K = 0.01
# Keeps the root differentiable at zero.
_SMALLEST = 1e-6


def _describe(plane: Tensor) -> Bands:
    luma = in_8_bits(plane.double())[:, 0]
    bands = torch.fft.ifft2(_low(luma).unsqueeze(1) * _masks(*luma.shape[1:], luma.device))
    return bands, _windows(_energy(bands))


def _compare(restored: Bands, reference: Bands) -> Tensor:
    (x, x_energy), (y, y_energy) = restored, reference
    products = torch.view_as_real(x * y.conj())
    real, imaginary = _windows(products[..., 0]), _windows(products[..., 1])
    # The constant that keeps it differentiable is taken off; otherwise flat images exceed 1.
    magnitude = (real.square() + imaginary.square() + _SMALLEST**2).sqrt() - _SMALLEST
    similarity = (2 * magnitude + _K) / (x_energy + y_energy + _K)
    weight = _weight(*similarity.shape[2:], similarity.device)
    return (similarity * weight).sum(dim=(2, 3)).mean(dim=1)


def _low(luma: Tensor) -> Tensor:
    """The lowest frequencies of real images [B, H, W]: [B, h, w] of the spectrum, zero first."""
    height, width = (_coarse(side) for side in luma.shape[1:])
    # A real image's other half is the conjugate of this one, turned by half a turn.
    right = torch.fft.rfft(luma, dim=2)[..., : width // 2 + 1]
    right = torch.fft.fft(right, dim=1)
    rows = _rows(luma.shape[1], height, luma.device)
    left = right[:, -rows, 1 : width // 2 + 1].flip(2).conj()
    return torch.cat([right[:, rows, : (width + 1) // 2], left], dim=2)


def _energy(bands: Tensor) -> Tensor:
    return torch.view_as_real(bands).square().sum(dim=-1)


def _windows(maps: Tensor) -> Tensor:
    """Means of the windows that fit: [B, C, h, w] to [B, C, h-6, w-6]."""
    return F.avg_pool2d(F.avg_pool2d(maps, (1, _WINDOW), 1), (_WINDOW, 1), 1)


def _coarse(side: int) -> int:
    """How many frequencies the coarsest level keeps of `side`: halved, upwards, three times."""
    for _ in range(_LEVELS - 1):
        side = (side + 1) // 2
    return side


@lru_cache(maxsize=16)
def _rows(full: int, kept: int, device: torch.device) -> Tensor:
    """The indices of the `kept` lowest of `full` frequencies, zero first."""
    with torch.inference_mode(False):
        return (torch.fft.fftfreq(kept, 1 / kept, device=device).round().long()) % full


@lru_cache(maxsize=16)
def _masks(height: int, width: int, device: torch.device) -> Tensor:
    """What the coarsest level's bands keep of the low frequencies: complex [8, h, w]."""
    with torch.inference_mode(False):
        down, across = (_frequencies(side) for side in (height, width))
        radius = (down.unsqueeze(1).square() + across.square()).sqrt()
        # The mean has no octave of its own; pyiqa takes its neighbour's.
        radius[0, 0] = radius[0, -1]
        octave = radius.log2()
        radial = _high(octave + _LEVELS)
        for level in range(_LEVELS):
            radial = radial * (1 - _high(octave + level).square()).clamp_min(0).sqrt()
        angle = torch.atan2(down.unsqueeze(1), across)
        order = _ORIENTATIONS - 1
        scale = 2**order * math.factorial(order)
        scale = 2 * scale / math.sqrt(_ORIENTATIONS * math.factorial(2 * order))
        turns = torch.arange(_ORIENTATIONS, dtype=torch.float64) * math.pi / _ORIENTATIONS
        cosine = (angle - turns.view(-1, 1, 1)).cos()
        angular = scale * cosine.clamp_min(0) ** order
        return (radial * angular * complex(0, -1) ** order).to(device, torch.complex128)


def _frequencies(side: int) -> Tensor:
    """The lowest of an axis, in units of the highest of an image of `side`, zero first."""
    kept = _coarse(side)
    return torch.fft.fftfreq(kept, 1 / kept, dtype=torch.float64) * 2 / side


def _high(octave: Tensor) -> Tensor:
    """The radial step of a level: a cosine over the octave below its highest frequency."""
    return (octave.clamp(-1, 0) * math.pi / 2).cos()


@lru_cache(maxsize=16)
def _weight(height: int, width: int, device: torch.device) -> Tensor:
    """MATLAB's fspecial of a map: a Gaussian whose sigma is a quarter of the band's height."""
    with torch.inference_mode(False):
        sigma = (height + _WINDOW - 1) / 4
        down, across = (
            (-((torch.arange(side, dtype=torch.float64) - (side - 1) / 2) ** 2) / (2 * sigma**2))
            for side in (height, width)
        )
        weight = (down.unsqueeze(1) + across).exp()
        return (weight / weight.sum()).to(device)


cw_ssim = Paired(_describe, _compare)
