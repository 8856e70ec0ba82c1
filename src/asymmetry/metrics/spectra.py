"""Spectra of an image's windows (Welch 1967): square, under a Hann window, half overlapping.

A window that is nowhere zero but at its edge would leak the strong low frequencies of photos into
the band of their detail; Hann's leaks at most one bin beside a frequency that is on the grid.
"""

from functools import lru_cache

import torch
from torch import Tensor

# The side of a window in pixels.
SIDE = 32
# The variance of rounding to 8 bits, of planes in 0..1: detail below it cannot be in a file.
ROUNDING = 1 / 255**2 / 12


def spectra(planes: Tensor, side: int = SIDE) -> Tensor:
    """The transforms of all windows: [B, 1, H, W] to complex [B, windows, side, side // 2 + 1].

    White noise of variance v has the power v / side ** 2 in each bin, so the sum over all bins (the
    half that is not kept too) is a window's mean square. Sides >= `side`; what no window reaches at
    the right and at the bottom, less than half a side, is left out.
    """
    step = side // 2
    windows = planes[:, 0].unfold(1, side, step).unfold(2, side, step).flatten(1, 2)
    return torch.fft.rfft2(windows * _hann(side, planes.dtype, planes.device), norm="ortho")


def detail(planes: Tensor, scale: int) -> Tensor:
    """The windows' coefficients of fine detail: [B, 1, H, W] to real [B, windows, n]; sides >= 32.

    Fine detail is what a reduction by `scale` cannot keep: frequencies above 1 / (2 scale) cycles a
    pixel along either axis. A task without a scale, 1, counts as one of 2: the finest octave. The
    sum of a window's squares is the variance of its pixels in that band.
    """
    bins, weights = _band(max(scale, 2), planes.dtype, planes.device)
    found = spectra(planes).flatten(2)[..., bins] * weights
    return torch.view_as_real(found).flatten(2)


@lru_cache(maxsize=8)
def _hann(side: int, dtype: torch.dtype, device: torch.device) -> Tensor:
    """The window [side, side], its squares summing to 1."""
    with torch.inference_mode(False):
        taps = torch.hann_window(side, dtype=torch.float64)
        taps = taps / taps.square().sum().sqrt()
        return (taps.unsqueeze(1) * taps).to(device, dtype)


@lru_cache(maxsize=16)
def _band(scale: int, dtype: torch.dtype, device: torch.device) -> tuple[Tensor, Tensor]:
    """The places [n] of a band's bins in a spectrum's flat half, and the roots of their weights.

    A bin's weight is the share of it that lies in the band, twice that where it has a mirror.
    """
    with torch.inference_mode(False):
        rows, columns = torch.arange(SIDE), torch.arange(SIDE // 2 + 1)
        highest = torch.maximum(torch.minimum(rows, SIDE - rows).unsqueeze(1), columns)
        share = (highest + 0.5 - SIDE / (2 * scale)).clamp(0, 1)
        mirrored = (columns > 0) & (columns < SIDE // 2)
        weights = (share * torch.where(mirrored, 2, 1)).flatten()
        bins = weights.nonzero()[:, 0]
        return bins.to(device), weights[bins].sqrt().to(device, dtype)
