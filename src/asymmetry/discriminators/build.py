"""Discriminators: any backbone under a head of one logit an image, a patch or a pixel."""

from pathlib import Path
from typing import Self

import torch
from torch import Tensor, nn
from torch.nn.utils.parametrizations import spectral_norm

from asymmetry.backbones.contract import Backbone
from asymmetry.backbones.registry import build_backbone
from asymmetry.core.randomness import stream_key
from asymmetry.discriminators.contract import Spec
from asymmetry.discriminators.heads import PATCH_STRIDE, PatchHead, VanillaHead, head_stage
from asymmetry.discriminators.unet import PixelHead

# Each forward pass in training mode refines the estimate of the norm by this many iterations. With
# the usual one, norms were up to 16 % above 1 within the first 30 steps of Adam; with three, 7 %.
_POWER_ITERATIONS = 3


class Discriminator(nn.Module):
    """A trunk and a head: RGB images [B, 3, H, W] in 0..1 to logits.

    The shape is [B, 1] (vanilla), [B, 1, h, w] (patch) or [B, 1, H, W] (pixel). A frozen trunk
    stays in eval mode and never changes a byte, yet the gradient flows through it to the image.
    """

    def __init__(self, trunk: Backbone, head: nn.Module, frozen: bool) -> None:
        super().__init__()
        self.trunk = trunk.requires_grad_(not frozen)
        self.head = head
        self.frozen = frozen
        self.train()

    def forward(self, image: Tensor) -> Tensor:
        """Raw logits: positive means real."""
        return self.head(self.trunk(image))

    def train(self, mode: bool = True) -> Self:
        """Training mode for all that is trained: a frozen trunk stays in eval mode."""
        super().train(mode)
        if self.frozen:
            self.trunk.eval()
        return self


def build_discriminator(spec: Spec, seed: int, weights: Path) -> Discriminator:
    """The discriminator that `spec` declares; its random values are drawn from the seed.

    Spectral norm (Miyato et al. 2018) covers every convolution and linear layer that is trained;
    a frozen trunk keeps its features as they are. Raises UserError where the file of pretrained
    weights is missing or corrupt.
    """
    pretrained = spec.initialisation == "pretrained"
    trunk = build_backbone(spec.backbone, weights=weights if pretrained else None, seed=seed)
    with torch.random.fork_rng(devices=[]):
        torch.manual_seed(stream_key(seed, f"discriminator/{spec.backbone}/{spec.head}"))
        head = _head(spec, trunk)
        if spec.spectral_norm:
            for part in (head,) if spec.frozen else (trunk, head):
                _normalise(part)
    return Discriminator(trunk, head, spec.frozen)


def _head(spec: Spec, trunk: Backbone) -> nn.Module:
    if spec.head == "pixel":
        return PixelHead(trunk.channels)
    patch = spec.head == "patch"
    coarsest = spec.stride or (PATCH_STRIDE if patch else max(trunk.strides))
    stage = head_stage(trunk.strides, coarsest)
    return (PatchHead if patch else VanillaHead)(trunk.channels[stage], stage, spec.width)


def _normalise(part: nn.Module) -> None:
    """Divide every weight of `part` by its largest singular value, in each forward pass."""
    layers = [m for m in part.modules() if isinstance(m, nn.Conv2d | nn.Linear)]
    for layer in layers:
        spectral_norm(layer, n_power_iterations=_POWER_ITERATIONS)
