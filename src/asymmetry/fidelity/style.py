"""The style loss of Gatys, Ecker and Bethge (CVPR 2016): distances of Gram matrices, on any trunk.

All stages of the trunk weigh alike, as in the paper; it has those of VGG-19.
"""

from pathlib import Path

import torch
from torch import Tensor

from asymmetry.backbones.registry import build_backbone
from asymmetry.fidelity.contract import Fidelity
from asymmetry.fidelity.on_trunk import OnTrunk

SMALLEST = 16


class Style(OnTrunk):
    """The mean over stages of their style losses; it does not see where in an image things are."""

    def features(self, reference: Tensor) -> list[Tensor]:
        """The Gram matrices of the references [B, 3, H, W], one a stage, [B, C, C]."""
        return [gram(stage) for stage in self.stages(reference)]

    def distance(self, restored: Tensor, features: list[Tensor]) -> Tensor:
        """[B] from [B, 3, H, W] in 0..1 and the `features` of the references (eqs. 4 and 5)."""
        pairs = zip(self.features(restored), features, strict=True)
        # Over pixels already: a quarter of the mean square is the paper's sum over 4 N^2 M^2.
        return torch.stack([(x - y).square().mean(dim=(1, 2)) / 4 for x, y in pairs]).mean(dim=0)


def gram(stage: Tensor) -> Tensor:
    """The channels' products, averaged over pixels (eq. 3): [B, C, h, w] to [B, C, C]."""
    flat = stage.flatten(2)
    return flat @ flat.mT / flat.shape[2]


def build(variant: str, weights: Path) -> Fidelity:
    """The loss on the backbone `variant`; UserError where its weights are missing or corrupt."""
    return Style(build_backbone(variant, weights=weights), SMALLEST)
