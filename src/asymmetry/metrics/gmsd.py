"""Gradient magnitude similarity deviation, by Xue et al. (TIP 2014), in MATLAB's phase.

Like the authors' MATLAB code: means of 2 x 2 pixels (`conv2(..., 'same')`, then every second value:
an odd last row or column is averaged with zeros), Prewitt / 3 with zeros around, and the standard
deviation with n - 1.
"""

from torch import Tensor

from asymmetry.metrics.gradients import PREWITT, decimated, gradient_magnitude, similarity
from asymmetry.metrics.separable import Paired

_T = 170 / 255**2
# Keeps the root differentiable at zero; far below the ninth decimal of the value.
_SMALLEST_VARIANCE = 1e-20


def _describe(plane: Tensor) -> Tensor:
    return gradient_magnitude(decimated(plane, 2), PREWITT)


def _deviation(x: Tensor, y: Tensor) -> Tensor:
    return (similarity(x, y, _T).flatten(1).var(dim=1) + _SMALLEST_VARIANCE).sqrt()


# Grey [B, 1, H, W] in 0..1 twice to [B]; 0 is best.
gmsd = Paired(_describe, _deviation)
