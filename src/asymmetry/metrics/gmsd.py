"""Gradient magnitude similarity deviation, by Xue et al. (TIP 2014), in MATLAB's phase.

Like the authors' MATLAB code: means of 2 x 2 pixels (`conv2(..., 'same')`, then every second value:
an odd last row or column is averaged with zeros), Prewitt / 3 with zeros around, and the standard
deviation with n - 1.
"""

import torch
import torch.nn.functional as F
from torch import Tensor

from asymmetry.imaging.constants import constant
from asymmetry.metrics.separable import Paired

_T = 170 / 255**2
_ACROSS = (1.0, 0.0, -1.0) * 3
# Keep the roots differentiable at zero; far below the ninth decimal of the value.
_SMALLEST_SQUARE = 1e-24
_SMALLEST_VARIANCE = 1e-20


def _gradient_magnitude(image: Tensor) -> Tensor:
    odd_rows, odd_columns = image.shape[2] % 2, image.shape[3] % 2
    halved = F.avg_pool2d(F.pad(image, (0, odd_columns, 0, odd_rows)), 2)
    across = constant(_ACROSS, halved).view(3, 3) / 3
    prewitt = torch.stack([across, across.T]).unsqueeze(1)
    squared = F.conv2d(halved, prewitt, padding=1).square().sum(dim=1)
    return (squared + _SMALLEST_SQUARE).sqrt()


def _deviation(x: Tensor, y: Tensor) -> Tensor:
    similarity = (2 * x * y + _T) / (x**2 + y**2 + _T)
    return (similarity.flatten(1).var(dim=1) + _SMALLEST_VARIANCE).sqrt()


# Grey [B, 1, H, W] in 0..1 twice to [B]; 0 is best.
gmsd = Paired(_gradient_magnitude, _deviation)
