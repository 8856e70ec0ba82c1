"""A no-reference IQA model on any trunk."""

import torch
from torch import Tensor, nn

from asymmetry.backbones.contract import Backbone


class QualityModel(nn.Module):
    """A trunk, global statistics of every stage, and a linear regression to one score.

    The statistics are each channel's mean and the logarithm of its standard deviation: blur, noise
    and blocking show in the energy of fine and coarse features, and a regression on logarithms
    sees their ratios. The regression starts at zero, so nothing but the trunk differs at the start.
    """

    mean: Tensor
    scale: Tensor

    def __init__(self, trunk: Backbone) -> None:
        """A model that trains the whole of `trunk`."""
        super().__init__()
        self.trunk = trunk.requires_grad_(True)
        size = 2 * sum(trunk.channels)
        self.register_buffer("mean", torch.zeros(size))
        self.register_buffer("scale", torch.ones(size))
        self.regression = nn.Linear(size, 1)
        nn.init.zeros_(self.regression.weight)
        nn.init.zeros_(self.regression.bias)

    @torch.no_grad()
    def standardise(self, images: Tensor) -> None:
        """Fix the scale of the statistics by those of images [B, 3, H, W] in 0..1.

        Each then has mean 0 and variance 1 / size on these images, so one learning rate suits
        trunks of any width and scale of features (as Salimans and Kingma 2016, section 3).
        """
        statistics = self._statistics(images)
        self.mean.copy_(statistics.mean(dim=0))
        self.scale.copy_(statistics.std(dim=0) * statistics.shape[1] ** 0.5 + 1e-6)

    def forward(self, image: Tensor) -> Tensor:
        """The scores [B] of RGB images [B, 3, H, W] in 0..1."""
        return self.regression((self._statistics(image) - self.mean) / self.scale).squeeze(1)

    def _statistics(self, image: Tensor) -> Tensor:
        stages = self.trunk(image)
        means = [stage.mean(dim=(2, 3)) for stage in stages]
        energies = [(stage.var(dim=(2, 3)) + 1e-6).log() / 2 for stage in stages]
        return torch.cat([*means, *energies], dim=1)
