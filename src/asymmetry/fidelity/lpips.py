"""LPIPS (Zhang et al. 2018), version 0.1, on the trunks of this package.

Its scaling of an image in -1..1 is the ImageNet normalisation of an image in 0..1, and its slices
are the stages of our VGG-16, AlexNet and SqueezeNet; the linear heads are those inside the wheel
`lpips`. The class of that package makes a whole classifier first, and its gradient is NaN where all
features of a pixel are zero.
"""

from pathlib import Path

from torch import Tensor, nn

from asymmetry.backbones.contract import Backbone
from asymmetry.backbones.registry import build_backbone
from asymmetry.fidelity.contract import Fidelity
from asymmetry.fidelity.on_trunk import OnTrunk
from asymmetry.fidelity.registry import LPIPS_TRUNKS
from asymmetry.weights.store import load_state

SMALLEST = 32


class Lpips(OnTrunk):
    """Squared differences of unit feature vectors, weighted by channel, averaged over pixels."""

    def __init__(self, trunk: Backbone, heads: list[Tensor]) -> None:
        super().__init__(trunk, SMALLEST)
        self.heads = nn.ParameterList(heads).requires_grad_(False)

    def features(self, reference: Tensor) -> list[Tensor]:
        """The unit feature vectors of the references [B, 3, H, W], a tensor a stage."""
        return [unit(stage) for stage in self.stages(reference)]

    def distance(self, restored: Tensor, features: list[Tensor]) -> Tensor:
        """[B] from [B, 3, H, W] in 0..1 and the `features` of the references (eq. 1)."""
        distance = restored.new_zeros(len(restored))
        for x, y, head in zip(self.features(restored), features, self.heads, strict=True):
            difference = (x - y).square()
            distance = distance + (difference * head).sum(dim=1).mean(dim=(1, 2))
        return distance


def unit(features: Tensor) -> Tensor:
    """`features` [B, C, h, w] with each pixel's vector scaled to length one; zero stays zero."""
    # The inner constant keeps the gradient of the root finite; the outer one is LPIPS's own.
    length = (features.square().sum(dim=1, keepdim=True) + 1e-20).sqrt()
    return features / (length + 1e-10)


def build(variant: str, weights: Path) -> Fidelity:
    """The loss on the trunk `variant`; UserError where its weights are missing or corrupt."""
    state = load_state(f"lpips_{variant}", weights)
    heads = [state[f"lin{index}.model.1.weight"] for index in range(len(state))]
    return Lpips(build_backbone(LPIPS_TRUNKS[variant], weights=weights), heads)
