"""A no-reference IQA model on any trunk."""

import torch
from torch import Tensor, nn

from asymmetry.backbones.contract import Backbone
from asymmetry.randomness import stream_key


class QualityModel(nn.Module):
    """A trunk, the global mean of every stage, and a linear regression to one score.

    All stages count, as quality shows in fine and in coarse features. Each stage's means are
    brought to one scale by a layer norm, so that one learning rate suits every trunk.
    """

    def __init__(self, trunk: Backbone, seed: int) -> None:
        """A model that trains the whole of `trunk`; the regression's start is counted from `seed`."""
        super().__init__()
        self.trunk = trunk.requires_grad_(True)
        self.norms = nn.ModuleList(
            nn.LayerNorm(size, elementwise_affine=False) for size in trunk.channels
        )
        with torch.random.fork_rng(devices=[]):
            torch.manual_seed(stream_key(seed, "quality regression"))
            self.regression = nn.Linear(sum(trunk.channels), 1)

    def forward(self, image: Tensor) -> Tensor:
        """The scores [B] of RGB images [B, 3, H, W] in 0..1."""
        pooled = [stage.mean(dim=(2, 3)) for stage in self.trunk(image)]
        scaled = [norm(means) for norm, means in zip(self.norms, pooled, strict=True)]
        return self.regression(torch.cat(scaled, dim=1)).squeeze(1)
