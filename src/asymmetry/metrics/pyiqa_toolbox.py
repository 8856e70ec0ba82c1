"""The metrics without weights that pyiqa computes."""

import torch
from torch import Tensor, nn

from asymmetry.core import torchvision_ops  # noqa: F401


class Nlpd(nn.Module):
    """The distance of normalised Laplacian pyramids, by Laparra et al. (HVEI 2016)."""

    def __init__(self) -> None:
        super().__init__()
        from pyiqa.archs.nlpd_arch import NLPD

        self.network = NLPD(channels=1, test_y_channel=True).eval().requires_grad_(False)

    def forward(self, restored: Tensor, reference: Tensor) -> Tensor:
        """Grey [B, 1, H, W] in 0..1 twice to [B]; 0 is best."""
        # pyiqa wants three channels; the luma of a grey image is that image.
        images = (image.float().expand(-1, 3, -1, -1) for image in (restored, reference))
        return self.network(*images).flatten()


class Piqe(nn.Module):
    """Perception-based quality without a reference, by Venkatanath et al. (NCC 2015)."""

    def forward(self, restored: Tensor, _reference: Tensor) -> Tensor:
        """Grey [B, 1, H, W] in 0..1 to [B]; lower is better; the reference is not read."""
        # The function: pyiqa's class keeps the last result, which threads would mix up.
        from pyiqa.archs.piqe_arch import piqe

        images = restored.float().expand(-1, 3, -1, -1)
        return torch.cat([piqe(image[None])[0].reshape(1) for image in images])


TOOLBOX: dict[str, type[nn.Module]] = {"nlpd": Nlpd, "piqe": Piqe}
