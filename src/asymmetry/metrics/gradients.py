"""What the metrics of gradient similarity share: reduction, gradients, the similarity of two maps.

As MATLAB computes them: zeros beyond the border, and no constant that the papers do not have.
"""

import torch
import torch.nn.functional as F
from torch import Tensor

from asymmetry.imaging.constants import constant

# Filters across, a row after the other; those down are their transposes.
PREWITT = (1 / 3, 0.0, -1 / 3) * 3
SCHARR = (-3 / 16, 0.0, 3 / 16, -10 / 16, 0.0, 10 / 16, -3 / 16, 0.0, 3 / 16)
# Keeps the root differentiable at zero; far below the ninth decimal of a metric.
_SMALLEST_SQUARE = 1e-24
# The shorter side, in pixels, that an image is reduced to before it is looked at (Wang's rule).
_SIDE = 256


def decimated(image: Tensor, factor: int) -> Tensor:
    """Means of `factor` x `factor` pixels: [B, C, H, W] to [B, C, ceil(H / factor), ...].

    In MATLAB's phase: `conv2(x, ones(f) / f^2, 'same')`, then every f-th value from the first.
    """
    before, after = (factor - 1) // 2, factor // 2
    return F.avg_pool2d(F.pad(image, (before, after, before, after)), factor)


def as_seen(image: Tensor) -> Tensor:
    """`decimated` so that the shorter side is of about 256 pixels, by MATLAB's rounding."""
    return decimated(image, max(1, int(min(image.shape[-2:]) / _SIDE + 0.5)))


def gradient_magnitude(
    plane: Tensor, filters: tuple[float, ...], smallest_square: float = _SMALLEST_SQUARE
) -> Tensor:
    """The gradient's magnitude by `PREWITT` or `SCHARR`: [B, 1, H, W] to as many."""
    across = constant(filters, plane).view(3, 3)
    kernels = torch.stack([across, across.T]).unsqueeze(1)
    slopes = F.conv2d(plane, kernels, padding=1)
    return (slopes.square().sum(dim=1, keepdim=True) + smallest_square).sqrt()


def similarity(x: Tensor, y: Tensor, stabiliser: float, masking: float = 0.0) -> Tensor:
    """1 where two maps agree, less elsewhere; `masking` takes off that share of x y on both sides.

    Masking is of MS-GMSD.
    """
    product = x * y
    alike = (2 - masking) * product + stabiliser
    return alike / (x.square() + y.square() - masking * product + stabiliser)
