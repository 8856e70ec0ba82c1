"""Blur kernels of real degradations: Gaussians, generalised and plateau-shaped ones, and sinc.

After Wang, Xie, Dong and Shan, "Real-ESRGAN" (ICCVW 2021), sections 3.2 and 3.4; the generalised
and the plateau-shaped kernels are those of Liu, Wang et al. (2020). All are [size, size] of odd
size and sum to one.
"""

import math

import numpy as np
import numpy.typing as npt
import scipy

Kernel = npt.NDArray[np.float64]


def generalised(
    size: int, sigmas: tuple[float, float], angle: float = 0.0, beta: float = 1.0
) -> Kernel:
    """exp(-(x' S^-1 x)^beta / 2), with S of axes `sigmas` (pixels) turned by `angle` (radians).

    `beta` = 1 is the Gaussian; below one it is peaked, above one flat.
    """
    return _unit(np.exp(-0.5 * _distance(size, sigmas, angle) ** beta))


def plateau(
    size: int, sigmas: tuple[float, float], angle: float = 0.0, beta: float = 1.0
) -> Kernel:
    """1 / (1 + (x' S^-1 x)^beta), arguments as in `generalised`."""
    return _unit(1 / (1 + _distance(size, sigmas, angle) ** beta))


def sinc(size: int, cutoff: float) -> Kernel:
    """The circular low-pass filter of a cut-off (radians a pixel, up to pi): it rings.

    cutoff J1(cutoff r) / (2 pi r), eq. 6.
    """
    y, x = _grid(size)
    radius = np.hypot(x, y)
    middle = cutoff**2 / (4 * math.pi)
    away = np.where(radius > 0, radius, 1)
    return _unit(
        np.where(
            radius > 0, cutoff * scipy.special.j1(cutoff * away) / (2 * math.pi * away), middle
        )
    )


def _grid(size: int) -> Kernel:
    """The rows and columns [2, size, size] from the centre."""
    half = size // 2
    return np.mgrid[-half : half + 1, -half : half + 1].astype(np.float64)


def _distance(size: int, sigmas: tuple[float, float], angle: float) -> Kernel:
    """x' S^-1 x of each pixel."""
    y, x = _grid(size)
    along, across = (
        math.cos(angle) * x + math.sin(angle) * y,
        math.cos(angle) * y - math.sin(angle) * x,
    )
    return (along / sigmas[0]) ** 2 + (across / sigmas[1]) ** 2


def _unit(kernel: Kernel) -> Kernel:
    return kernel / kernel.sum()
