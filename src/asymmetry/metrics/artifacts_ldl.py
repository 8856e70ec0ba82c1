"""The artifact map of locally discriminative learning, LDL, by Liang, Zeng and Zhang (CVPR 2022).

Theirs: the residual R, the absolute difference to the reference; its variance in the 7 x 7 window
of each pixel (eq. 4), as is and n - 1 in the denominator, reflected at the border; that times the
variance of all of R to the power of 1/5 (eqs. 5 and 6); and zero where R is smaller than that of a
second, stable output (eq. 7). As in the authors' code.

Ours: R of the luma instead of the sum over R, G and B; the output without an adversary, of the same
seed, where they have the averaged generator's; the image where they have a patch; and the mean over
pixels as a metric. The metric alone has no second output, so every pixel counts. Beside the second
output, `artifacts_added` is the mean of the map, and `artifacts_removed` that of its mirror.
"""

import torch.nn.functional as F
from torch import Tensor

_WINDOW = 7
_POWER = 1 / 5


def artifact_map(restored: Tensor, reference: Tensor, stable: Tensor | None = None) -> Tensor:
    """How likely each pixel of `restored` is an artifact: [B, 1, H, W] in 0..1 to as many, from 0.

    Counted is where it is not nearer to the reference than `stable`, the second output. With
    `restored` and `stable` exchanged, it is the mirror: what an adversary took away.
    """
    residual = (restored - reference).abs()
    spread = residual.flatten(1).var(dim=1).view(-1, 1, 1, 1) ** _POWER
    found = spread * _local_variance(residual)
    if stable is None:
        return found
    return found.masked_fill(residual < (stable - reference).abs(), 0)


def artifacts_ldl(restored: Tensor, reference: Tensor) -> Tensor:
    """The mean of the map without a second output: [B, 1, H, W] in 0..1 twice to [B]; 0 is best."""
    return artifact_map(restored, reference).mean(dim=(1, 2, 3))


def artifacts_added(restored: Tensor, reference: Tensor, stable: Tensor) -> Tensor:
    """The mean of the map beside a second output: [B, 1, H, W] in 0..1 three times to [B]."""
    return artifact_map(restored, reference, stable).mean(dim=(1, 2, 3))


def artifacts_removed(restored: Tensor, reference: Tensor, stable: Tensor) -> Tensor:
    """The mean of the mirror: what `stable`, not `restored`, has of artifacts. As above."""
    return artifacts_added(stable, reference, restored)


def _local_variance(residual: Tensor) -> Tensor:
    count = _WINDOW**2
    padded = F.pad(residual, (_WINDOW // 2,) * 4, "reflect")
    mean, square = (F.avg_pool2d(x, _WINDOW, stride=1) for x in (padded, padded.square()))
    return (square - mean.square()).clamp_min(0) * (count / (count - 1))
