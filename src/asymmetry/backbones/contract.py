"""The contract of all backbones, frozen or trained."""

import torch
from torch import Tensor, nn

from asymmetry.backbones.catalog import BackboneSpec


class Backbone(nn.Module):
    """A trunk that gives a list of feature maps, from fine to coarse.

    `channels[i]` and `strides[i]` describe stage i. Subclasses define `features`. A backbone is
    `foldable` where each batch normalisation, and nothing else, takes what the convolution gives
    that was registered right before it.
    """

    channels: tuple[int, ...]
    strides: tuple[int, ...]
    foldable: bool = False
    mean: Tensor
    std: Tensor

    def __init__(self, spec: BackboneSpec) -> None:
        super().__init__()
        self.register_buffer("mean", torch.tensor(spec.mean).view(1, 3, 1, 1), persistent=False)
        self.register_buffer("std", torch.tensor(spec.std).view(1, 3, 1, 1), persistent=False)

    def stages(self, image: Tensor) -> list[Tensor]:
        """The maps [B, channels[i], ~H/strides[i], ~W/strides[i]] of an RGB image in 0..1."""
        return self.features((image - self.mean) / self.std)

    def features(self, normalised: Tensor) -> list[Tensor]:
        """The feature maps of a normalised image."""
        raise NotImplementedError

    def forward(self, image: Tensor) -> list[Tensor]:
        """Same as `stages`."""
        return self.stages(image)
