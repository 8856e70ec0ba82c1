"""The contextual loss of Mechrez, Talmi and Zelnik-Manor (ECCV 2018), on any trunk.

It asks that every feature of the reference be like one of the restored image, wherever that is. Of
the trunk it has the stages of stride 4 and more; the paper has two such of VGG-19. Its memory grows
with the fourth power of an image's side. So a stage of more than 32 rows or columns is taken at
evenly spaced ones; the authors' code draws some at random.
"""

from pathlib import Path

import torch
from torch import Tensor

from asymmetry.backbones.registry import build_backbone
from asymmetry.core.errors import UserError
from asymmetry.fidelity.contract import Fidelity
from asymmetry.fidelity.lpips import unit
from asymmetry.fidelity.on_trunk import OnTrunk

SMALLEST = 16
BANDWIDTH = 0.5
_EPS = 1e-5
_STRIDE = 4
_MOST = 32


class Contextual(OnTrunk):
    """The mean over stages of -log CX: 0 where each feature finds its like and nothing else."""

    def features(self, reference: Tensor) -> list[Tensor]:
        """The features of the references [B, 3, H, W], one tensor [B, C, N] a stage."""
        stages = zip(self.stages(reference), self.trunk.strides, strict=True)
        return [_sampled(stage) for stage, stride in stages if stride >= _STRIDE]

    def distance(self, restored: Tensor, features: list[Tensor]) -> Tensor:
        """[B] from [B, 3, H, W] in 0..1 and the `features` of the references (eq. 5)."""
        pairs = zip(self.features(restored), features, strict=True)
        return torch.stack([-similarity(x, y).log() for x, y in pairs]).mean(dim=0)


def similarity(x: Tensor, y: Tensor) -> Tensor:
    """CX (eq. 1) of restored and reference features [B, C, N]: [B] in 1 / N..1.

    Features that are all alike, as of two flat images, are told from nothing: 1 / N.
    """
    centre = y.mean(dim=2, keepdim=True)
    distance = 1 - unit(x - centre).mT @ unit(y - centre)
    # Rounding can take the cosine above one.
    distance = distance.clamp_min(0)
    relative = distance / (distance.amin(dim=2, keepdim=True) + _EPS)
    # Over the reference's features; a constant in the exponent (eq. 3) cancels out.
    contextual = (-relative / BANDWIDTH).softmax(dim=2)
    return contextual.amax(dim=1).mean(dim=1)


def _sampled(stage: Tensor) -> Tensor:
    """[B, C, h, w] to [B, C, N], of at most 32 x 32 places."""
    down, across = (-(-side // _MOST) for side in stage.shape[2:])
    return stage[..., ::down, ::across].flatten(2)


def build(variant: str, weights: Path) -> Fidelity:
    """The loss on the backbone `variant`.

    Raises UserError where its weights are missing or corrupt, or all its stages are too fine.
    """
    trunk = build_backbone(variant, weights=weights)
    if max(trunk.strides) < _STRIDE:
        raise UserError(
            f"contextual-{variant}: the backbone '{variant}' has no stage of stride {_STRIDE} or "
            "more; name another"
        )
    return Contextual(trunk, SMALLEST)
