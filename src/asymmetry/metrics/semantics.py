"""Semantics: whether an image shows what its reference shows, to a network that does nothing else.

The cosine of two embeddings by Inception v3 (Szegedy et al., CVPR 2016) with torchvision's ImageNet
weights: the means of the last block's 2048 maps. As FID does (Heusel et al., NeurIPS 2017), whose
own weights are others, images are made 299 x 299 first, here with antialiasing (Parmar, Zhang and
Zhu, CVPR 2022). So the finest detail of a large image does not count, and the cost is that of one
small image. No backbone of a loss or a discriminator and no other metric is of this family.
"""

from pathlib import Path
from typing import Any

import torch
import torch.nn.functional as F
from torch import Tensor, nn

from asymmetry.core import torchvision_ops  # noqa: F401
from asymmetry.metrics.separable import Separable

# isort: split
from torchvision.models import inception_v3

_SIDE = 299


class Cosine(Separable):
    """The cosine of embeddings: RGB [B, 3, H, W] in 0..1 twice to [B] in -1..1; 1 is best.

    `network`: RGB [B, 3, H, W] in 0..1 to [B, C].
    """

    def __init__(self, network: nn.Module) -> None:
        super().__init__()
        self.network = network.eval().requires_grad_(False)

    def features(self, reference: Tensor) -> Tensor:
        """The embeddings [B, C] of the references, of length 1."""
        return F.normalize(self.network(reference.float()).double(), dim=1)

    def distance(self, restored: Tensor, features: Tensor) -> Tensor:
        """[B] of the restored images and the embeddings of their references."""
        return (self.features(restored) * features).sum(dim=1)


def inception(weights: Path) -> nn.Module:
    """Inception v3 with the weights of a file, frozen, for values in -1..1."""
    network = inception_v3(weights=None, init_weights=False)
    network.load_state_dict(torch.load(weights, map_location="cpu", weights_only=True))
    return network.eval().requires_grad_(False)


class Inception(nn.Module):
    """Embeddings by the Inception v3 whose file of weights is given."""

    def __init__(self, weights: Path) -> None:
        super().__init__()
        network: Any = inception(weights)
        # What classifies: beside the network, and after it.
        network.AuxLogits, network.fc = None, nn.Identity()
        self.network = network

    def forward(self, image: Tensor) -> Tensor:
        """RGB [B, 3, H, W] in 0..1 to [B, 2048]."""
        small = F.interpolate(image, size=(_SIDE, _SIDE), mode="bilinear", antialias=True)
        # It was trained on values in -1..1, unlike torchvision's other networks.
        return self.network(2 * small - 1)


def semantics(weights: Path) -> Cosine:
    """The metric on the file of Inception v3's weights."""
    return Cosine(Inception(weights))
