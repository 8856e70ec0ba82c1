"""Feature similarity with colour, FSIMc, by Zhang et al. (TIP 2011), as pyiqa computes it.

It compares phase congruency and Scharr gradients of the luma, and I and Q, of the image reduced to
about 256 pixels by means. In single precision, like pyiqa.
"""

from typing import NamedTuple

import torch
from torch import Tensor

from asymmetry.metrics.grid import mixed, reduced, scharr_magnitude, similarity
from asymmetry.metrics.phase import phase_congruency
from asymmetry.metrics.separable import Paired

_YIQ = (0.299, 0.587, 0.114, 0.5959, -0.2746, -0.3213, 0.2115, -0.5227, 0.3112)
_OF_PHASE, _OF_GRADIENT, _OF_COLOUR = 0.85, 160.0, 200.0
_WEIGHT_OF_COLOUR = 0.03


class Seen(NamedTuple):
    """Phase congruency and gradient [B, 1, H, W], I and Q [B, 2, H, W]."""

    phase: Tensor
    gradient: Tensor
    colour: Tensor


def _describe(image: Tensor) -> Seen:
    yiq = mixed(reduced(image.float()), _YIQ) * 255
    luma = yiq[:, :1]
    return Seen(phase_congruency(luma), scharr_magnitude(luma), yiq[:, 1:])


def _compare(restored: Seen, reference: Seen) -> Tensor:
    weight = torch.maximum(restored.phase, reference.phase)
    alike = similarity(restored.phase, reference.phase, _OF_PHASE) * similarity(
        restored.gradient, reference.gradient, _OF_GRADIENT
    )
    colour = similarity(restored.colour, reference.colour, _OF_COLOUR).prod(dim=1, keepdim=True)
    score = alike * colour.abs() ** _WEIGHT_OF_COLOUR * weight
    return score.sum(dim=(1, 2, 3), dtype=torch.float64) / weight.sum(
        dim=(1, 2, 3), dtype=torch.float64
    )


fsim = Paired(_describe, _compare)
