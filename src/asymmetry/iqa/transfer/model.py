"""An IQA model on any trunk: no-reference of images, full-reference of pairs."""

import torch
from torch import Tensor, nn

from asymmetry.backbones.contract import Backbone
from asymmetry.fidelity.dists import similarity

_CONSTANT = 1e-6  # a standard deviation below this is rounding


class QualityStatistics(nn.Module):
    """Global statistics of every stage of a trunk, [B, size].

    Of an image they are each channel's mean and the logarithm of its standard deviation: blur,
    noise and blocking show in the energy of fine and coarse features, and a regression on
    logarithms sees their ratios. Of an image and its reference they are each channel's S1 and S2,
    the similarities of means and of structure in DISTS (Ding et al. 2020, eqs. 6 and 7): a linear
    regression on them is DISTS with its weights alpha and beta fitted to the scores.
    """

    def __init__(self, trunk: Backbone) -> None:
        super().__init__()
        self.trunk = trunk
        self.size = 2 * sum(trunk.channels)

    def forward(self, views: Tensor) -> Tensor:
        """[B, size] of images [B, 3, H, W], or of images and references [B, 6, H, W], in 0..1."""
        stages = [self.trunk(view) for view in views.split(3, dim=1)]
        describe = _energies if len(stages) == 1 else _similarities
        return torch.cat([describe(*maps) for maps in zip(*stages, strict=True)], dim=1)


def _energies(maps: Tensor) -> Tensor:
    """Mean and log standard deviation of each channel: [B, C, h, w] to [B, 2C]."""
    return torch.cat(
        [maps.mean(dim=(2, 3)), (maps.var(dim=(2, 3), correction=0) + 1e-6).log() / 2], dim=1
    )


def _similarities(maps: Tensor, reference: Tensor) -> Tensor:
    """S1 of every channel, then S2: [B, C, h, w] twice to [B, 2C]."""
    return similarity(maps, reference).flatten(1)


class QualityModel(nn.Module):
    """A trunk, its global statistics, and a linear regression to one score.

    The regression starts at zero, so at the start models differ in their trunks alone.
    """

    mean: Tensor
    scale: Tensor

    def __init__(self, trunk: Backbone) -> None:
        """A model that trains the whole of `trunk`."""
        super().__init__()
        self.statistics = QualityStatistics(trunk.requires_grad_(True))
        size = self.statistics.size
        self.register_buffer("mean", torch.zeros(size))
        self.register_buffer("scale", torch.ones(size))
        self.regression = nn.Linear(size, 1)
        nn.init.zeros_(self.regression.weight)
        nn.init.zeros_(self.regression.bias)

    @torch.no_grad()
    def standardise(self, views: Tensor) -> None:
        """Fix the scale of the statistics by those of a batch, as `forward` takes it.

        On that batch each statistic then has mean 0 and variance 1 / size, so one learning rate
        suits trunks of any width and scale of features (as in Salimans and Kingma 2016, section 3).
        A statistic that is constant on the batch keeps its scale.
        """
        statistics = self.statistics(views)
        spread = statistics.std(dim=0)
        spread[spread < _CONSTANT] = 1
        self.mean.copy_(statistics.mean(dim=0))
        self.scale.copy_(spread * statistics.shape[1] ** 0.5)

    def forward(self, views: Tensor) -> Tensor:
        """The scores [B] of images [B, 3, H, W], or of images and references [B, 6, H, W]."""
        return self.regression((self.statistics(views) - self.mean) / self.scale).squeeze(1)
