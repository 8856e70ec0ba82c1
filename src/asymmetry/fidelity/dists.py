"""The DISTS-style family: structure and texture similarity in the features of any backbone.

After Ding, Ma, Wang and Simoncelli, "Image quality assessment: unifying structure and texture
similarity" (2020), with one formula for all backbones, so that only the features differ:

- stage 0 is the image itself (0 to 1, RGB), then come the backbone's stages; for a vision
  transformer the mean, variance and covariance are over its patch tokens;
- S1 compares means (eq. 6 there), S2 variances and covariance (eq. 7);
- no weights are fitted: every channel of every stage weighs the same, and so do S1 and S2, that is
  alpha = beta = 1 / (2 * channels of all stages). `calibrated` has fitted ones.

The 2x2 max-pools of a VGG network become the anti-aliasing L2 pooling of the paper (eq. 4); other
backbones are taken as they are. `dists` alone is the authors' own: VGG-16 with the alpha and beta
that they fitted to human scores, at full size (their script first reduces images to 256 pixels).
"""

from pathlib import Path
from typing import NamedTuple

import torch
from torch import Tensor, nn
from torch.nn import functional as F

from asymmetry.backbones.contract import Backbone
from asymmetry.backbones.frozen import freeze
from asymmetry.backbones.registry import build_backbone
from asymmetry.fidelity.contract import Fidelity, check_pair
from asymmetry.fidelity.registry import OFFICIAL, OFFICIAL_TRUNK
from asymmetry.metrics.separable import Separable
from asymmetry.weights.store import load_state

STABILITY = 1e-6
SMALLEST = 16


class Moments(NamedTuple):
    """Of each channel of a stage: mean [B, C], the stage minus it [B, C, h, w], variance [B, C]."""

    mean: Tensor
    centred: Tensor
    variance: Tensor


class L2Pool(nn.Module):
    """The root of the blurred squares of each channel, at half the size: [B, C, H/2, W/2]."""

    window: Tensor

    def __init__(self) -> None:
        super().__init__()
        hanning = torch.hann_window(5, periodic=False)[1:-1]
        window = torch.outer(hanning, hanning)
        self.register_buffer("window", (window / window.sum())[None, None], persistent=False)

    def forward(self, features: Tensor) -> Tensor:
        """Pool; the small constant keeps the gradient finite where features are zero."""
        channels = features.shape[1]
        window = self.window.expand(channels, 1, 3, 3)
        energy = F.conv2d(features.square(), window, stride=2, padding=1, groups=channels)
        return (energy + 1e-12).sqrt()


class Dists(Separable):
    """The distance 1 - sum(alpha S1 + beta S2) of two batches, from 0 (alike) to at most 2."""

    weights: Tensor

    def __init__(self, backbone: Backbone, alpha: Tensor, beta: Tensor) -> None:
        """`alpha` and `beta` [C], not negative, weigh the C channels of all stages, image first."""
        super().__init__()
        self.backbone = freeze(with_l2_pooling(backbone))
        weights = torch.stack([alpha, beta])
        self.register_buffer("weights", weights / weights.sum(), persistent=False)
        self.eval().requires_grad_(False)

    def features(self, reference: Tensor) -> list[Moments]:
        """The moments of each stage of the references [B, 3, H, W], the image first.

        Raises ValueError for other shapes, UserError below `SMALLEST` pixels.
        """
        check_pair(reference, reference, SMALLEST)
        return [moments(stage) for stage in (reference, *self.backbone(reference))]

    def distance(self, restored: Tensor, features: list[Moments]) -> Tensor:
        """[B] from [B, 3, H, W] in 0..1 and the `features` of the references."""
        reference = features[0].centred
        # One reference may stand for all restored images.
        check_pair(
            restored,
            reference if len(reference) > 1 else reference.expand(len(restored), -1, -1, -1),
        )
        return 1 - (self._terms(restored, features) * self.weights).sum(dim=(1, 2))

    def terms(self, restored: Tensor, reference: Tensor) -> Tensor:
        """S1 and S2 of each channel, image first, as `forward` weighs them: to [B, 2, C]."""
        check_pair(restored, reference, SMALLEST)
        return self._terms(restored, self.features(reference))

    def _terms(self, restored: Tensor, features: list[Moments]) -> Tensor:
        stages = [restored, *self.backbone(restored)]
        terms = [_similarity(moments(x), y) for x, y in zip(stages, features, strict=True)]
        return torch.cat(terms, dim=2)


def moments(stage: Tensor) -> Moments:
    """The moments of each channel of a stage [B, C, h, w]."""
    mean = stage.mean(dim=(2, 3), keepdim=True)
    # Centred first: a mean of squares minus a squared mean has no digits left in flat features.
    centred = stage - mean
    return Moments(mean.flatten(1), centred, centred.square().mean(dim=(2, 3)))


def similarity(x: Tensor, y: Tensor) -> Tensor:
    """S1 and S2 of each channel of a stage: [B, C, h, w] twice to [B, 2, C]."""
    return _similarity(moments(x), moments(y))


def _similarity(x: Moments, y: Moments) -> Tensor:
    covariance = (x.centred * y.centred).mean(dim=(2, 3))
    s1 = (2 * x.mean * y.mean + STABILITY) / (x.mean.square() + y.mean.square() + STABILITY)
    s2 = (2 * covariance + STABILITY) / (x.variance + y.variance + STABILITY)
    return torch.stack([s1, s2], dim=1)


def with_l2_pooling(backbone: Backbone) -> Backbone:
    """`backbone` with each of its 2x2 max-pools (only VGG has them) replaced, in place."""
    for module in list(backbone.modules()):
        for name, child in module.named_children():
            if isinstance(child, nn.MaxPool2d) and child.kernel_size == 2:
                setattr(module, name, L2Pool())
    return backbone


def build(variant: str, weights: Path) -> Fidelity:
    """The loss on the backbone `variant`; one that ends in `-random` is the same for every seed."""
    if variant == OFFICIAL:
        fitted = load_state("dists", weights)
        backbone = build_backbone(OFFICIAL_TRUNK, weights=weights)
        return Dists(backbone, fitted["alpha"].flatten(), fitted["beta"].flatten())
    return even_dists(variant, weights)


def even_dists(name: str, weights: Path) -> Dists:
    """The distance on the backbone `name` in which all channels weigh the same."""
    backbone = build_backbone(name, weights=weights)
    even = torch.ones(3 + sum(backbone.channels))
    return Dists(backbone, even, even)
