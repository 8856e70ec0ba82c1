"""Heads: from a trunk's stages to logits."""

from collections.abc import Sequence

from torch import Tensor, nn

SLOPE = 0.2
# With a stride of 8 a crop of 64 pixels gives a map of 8x8 logits.
PATCH_STRIDE = 8


class VanillaHead(nn.Module):
    """One logit an image, [B, 1]: a stage, averaged over its area, through a small MLP."""

    def __init__(self, channels: int, stage: int, width: int) -> None:
        super().__init__()
        self.stage = stage
        self.layers = nn.Sequential(
            nn.Linear(channels, width), nn.LeakyReLU(SLOPE), nn.Linear(width, 1)
        )

    def forward(self, stages: list[Tensor]) -> Tensor:
        """Stages [B, C_i, h_i, w_i], of which one is used, to logits [B, 1]."""
        return self.layers(stages[self.stage].mean(dim=(2, 3)))


class PatchHead(nn.Module):
    """A map of logits, [B, 1, h, w], by convolutions on one stage (after Isola et al. 2017).

    A logit sees the receptive field of that stage, widened by one 3x3: some tens of pixels in a
    convolutional trunk, but the whole image in a ViT. So patch and vanilla heads differ in the
    number of logits; what each logit sees differs only with convolutional trunks.
    """

    def __init__(self, channels: int, stage: int, width: int) -> None:
        super().__init__()
        self.stage = stage
        self.layers = nn.Sequential(
            nn.Conv2d(channels, width, 3, padding=1),
            nn.LeakyReLU(SLOPE),
            nn.Conv2d(width, 1, 1),
        )

    def forward(self, stages: list[Tensor]) -> Tensor:
        """Stages [B, C_i, h_i, w_i] to logits [B, 1, h, w] at the resolution of the chosen one."""
        return self.layers(stages[self.stage])


def head_stage(strides: Sequence[int], coarsest: int) -> int:
    """The deepest stage of stride `coarsest` or less; if there is none, that of the finest stride.

    Layers of the trunk beyond that stage get no gradient and do not change.
    """
    coarsest = max(coarsest, min(strides))
    return max(i for i, stride in enumerate(strides) if stride <= coarsest)
