"""Multi-scale gradient magnitude similarity deviation, by Zhang, Sander and Bermak (ICASSP 2017).

Of the luma: four scales, the first at full size, and the similarity with the paper's masking term.
Each scale has the means of 2 x 2 pixels of the one before, in MATLAB's phase, as GMSD has it.
"""

import torch
from torch import Tensor

from asymmetry.imaging.constants import constant
from asymmetry.metrics.gradients import PREWITT, decimated, gradient_magnitude, similarity
from asymmetry.metrics.separable import Paired

_T = 170 / 255**2
_MASKING = 0.5
_WEIGHTS = (0.096, 0.596, 0.289, 0.019)
# Keeps the root differentiable at zero; far below the ninth decimal of the value.
_SMALLEST_VARIANCE = 1e-20


def _describe(plane: Tensor) -> list[Tensor]:
    """The gradients' magnitudes of each scale, finest first."""
    scales = [plane]
    for _ in _WEIGHTS[1:]:
        scales.append(decimated(scales[-1], 2))
    return [gradient_magnitude(scale, PREWITT) for scale in scales]


def _compare(restored: list[Tensor], reference: list[Tensor]) -> Tensor:
    """The root of the weighted sum of the scales' squared deviations, [B]."""
    variances = [
        similarity(x, y, _T, _MASKING).flatten(1).var(dim=1, correction=0)
        for x, y in zip(restored, reference, strict=True)
    ]
    variance = torch.stack(variances, dim=1)
    return ((variance * constant(_WEIGHTS, variance)).sum(dim=1) + _SMALLEST_VARIANCE).sqrt()


# Grey [B, 1, H, W] in 0..1 twice to [B]; 0 is best; sides >= 16.
ms_gmsd = Paired(_describe, _compare)
