"""Phase congruency by Kovesi's log-Gabor wavelets, as FSIM uses it.

Four scales of four orientations, and the noise threshold from the median response of the smallest
scale. What depends on the filters alone is computed once for each size.
"""

import math
from functools import lru_cache

import numpy as np
import torch
from torch import Tensor

from asymmetry.metrics.grid import centred_frequencies, in_cache

_SCALES = _ORIENTATIONS = 4
_WAVELENGTH, _SIGMA, _SPREAD = 6, 0.55, math.pi / (_ORIENTATIONS * 1.2)
_CUTOFF, _ORDER = 0.45, 15
_DEVIATIONS, _OVERESTIMATE = 2.0, 1.7
# Rayleigh's mean plus the deviations, of a parameter that the median of the squares gives.
_THRESHOLD = (
    (math.sqrt(math.pi / 2) + _DEVIATIONS * math.sqrt(2 - math.pi / 2))
    / math.sqrt(math.log(2))
    / _OVERESTIMATE
)
_EPS = torch.finfo(torch.float32).eps
# Keeps the roots differentiable at zero; responses of natural images are above 1e-3.
_SMALLEST_SQUARE = 1e-20


def phase_congruency(luma: Tensor) -> Tensor:
    """How much the phases agree at each pixel: float32 [B, 1, H, W] in 0..255 to as many."""
    height, width = luma.shape[-2:]
    filters, thresholds = _bank(height, width, luma.device)
    return in_cache(lambda image: _congruency(torch.fft.fft2(image), filters, thresholds), luma)


def _congruency(spectrum: Tensor, filters: Tensor, thresholds: Tensor) -> Tensor:
    energies, amplitudes = [], []
    for scales, threshold in zip(filters, thresholds, strict=True):
        energy, amplitude = _oriented(torch.fft.ifft2(spectrum * scales), threshold)
        energies.append(energy)
        amplitudes.append(amplitude)
    return (_total(energies) + _EPS) / (_total(amplitudes) + _EPS)


def _oriented(responses: Tensor, threshold: Tensor) -> tuple[Tensor, Tensor]:
    """Energy above the noise and amplitude, each [B, 1, H, W], of complex [B, scales, H, W]."""
    amplitude = _length(responses)
    total = responses.sum(dim=1, keepdim=True)
    length = _length(total)
    # Along the mean phase the responses sum to the total; the part across it is subtracted.
    across = (responses * total.conj()).imag.abs().sum(dim=1, keepdim=True)
    noise = (threshold * _median(amplitude[:, 0])).view(-1, 1, 1, 1)
    energy = (length.square() - across) / (length + _EPS) - noise
    return energy.clamp_min(0), amplitude.sum(dim=1, keepdim=True)


def _length(responses: Tensor) -> Tensor:
    # Four times the speed of `abs`, which guards against overflow.
    return (responses.real.square() + responses.imag.square() + _SMALLEST_SQUARE).sqrt()


def _median(maps: Tensor) -> Tensor:
    """The lower of the two middle values: [B, H, W] to [B]."""
    flat = maps.flatten(1)
    if flat.requires_grad or flat.device.type != "cpu":
        return flat.median(dim=1).values
    # The same value at up to five times the speed.
    middle = (flat.shape[1] - 1) // 2
    return torch.from_numpy(np.partition(flat.numpy(), middle, axis=1)[:, middle])


def _total(parts: list[Tensor]) -> Tensor:
    first, *others = parts
    for other in others:
        first = first + other
    return first


@lru_cache(maxsize=8)
def _bank(height: int, width: int, device: torch.device) -> tuple[Tensor, Tensor]:
    """Filters [orientations, scales, H, W], and thresholds of noise in medians [orientations]."""
    with torch.inference_mode(False):
        rows, columns = centred_frequencies(height, width)
        radius = (rows.square() + columns.square()).sqrt()
        low_pass = 1 / (1 + (radius / _CUTOFF) ** (2 * _ORDER))
        radius[0, 0] = 1  # its logarithm is not used
        octaves = torch.stack(
            [radius.mul(_WAVELENGTH * 2**scale).log().square() for scale in range(_SCALES)]
        )
        radial = torch.exp(-octaves / (2 * math.log(_SIGMA) ** 2)) * low_pass
        radial[:, 0, 0] = 0
        angle = torch.atan2(-columns, rows)
        directions = torch.arange(_ORIENTATIONS, dtype=torch.float64) * math.pi / _ORIENTATIONS
        turned = angle - directions.view(-1, 1, 1)
        distance = torch.atan2(turned.sin(), turned.cos())
        angular = torch.exp(-distance.square() / (2 * _SPREAD**2))
        filters = angular.unsqueeze(1) * radial
        # Parseval: the energy of the even parts, which are half of a filter and its mirror.
        mirrored = filters.flip(-2, -1).roll((1, 1), (-2, -1))
        even = ((filters + mirrored) / 2).sum(dim=1).square().sum(dim=(1, 2))
        smallest = filters[:, 0].square().sum(dim=(1, 2))
        thresholds = _THRESHOLD * (even / smallest).sqrt()
        # Complex, though real: a product of mixed types converts them anew each time.
        return filters.to(device, torch.complex64), thresholds.to(device, torch.float32)
