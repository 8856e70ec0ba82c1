"""Heads: from a trunk's stages to logits."""

from collections.abc import Sequence

from torch import Tensor, nn

WIDTH = 64
SLOPE = 0.2
# With a stride of 8 a crop of 64 pixels gives a map of 8x8 logits.
PATCH_STRIDE = 8


class VanillaHead(nn.Module):
    """One logit an image, [B, 1]: the last stage, averaged over its area, through a small MLP."""

    def __init__(self, channels: Sequence[int]) -> None:
        super().__init__()
        self.layers = nn.Sequential(
            nn.Linear(channels[-1], WIDTH), nn.LeakyReLU(SLOPE), nn.Linear(WIDTH, 1)
        )

    def forward(self, stages: list[Tensor]) -> Tensor:
        """Stages [B, C_i, h_i, w_i], of which the last is used, to logits [B, 1]."""
        return self.layers(stages[-1].mean(dim=(2, 3)))


class PatchHead(nn.Module):
    """A map of logits, [B, 1, h, w], by convolutions on one stage (after Isola et al. 2017).

    The stage is the deepest of stride 8 or less, or of the finest stride where all are coarser
    (a ViT). What one logit sees is the receptive field of that stage, widened by one 3x3: some
    tens of pixels in a convolutional trunk, but the whole image in a ViT. So patch or vanilla is
    a difference in the number of logits first, and in what each sees only for convolutions.
    Layers of the trunk beyond the stage get no gradient and stay as they began.
    """

    def __init__(self, channels: Sequence[int], strides: Sequence[int]) -> None:
        super().__init__()
        self.stage = patch_stage(strides)
        self.layers = nn.Sequential(
            nn.Conv2d(channels[self.stage], WIDTH, 3, padding=1),
            nn.LeakyReLU(SLOPE),
            nn.Conv2d(WIDTH, 1, 1),
        )

    def forward(self, stages: list[Tensor]) -> Tensor:
        """Stages [B, C_i, h_i, w_i] to logits [B, 1, h, w] at the resolution of the chosen one."""
        return self.layers(stages[self.stage])


def patch_stage(strides: Sequence[int]) -> int:
    """The index of the deepest stage of stride 8 or less, or of the finest stride there is."""
    coarsest = max(PATCH_STRIDE, min(strides))
    return max(i for i, stride in enumerate(strides) if stride <= coarsest)
