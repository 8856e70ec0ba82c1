"""The decoder that turns a U-Net trunk into a discriminator with one logit a pixel."""

from collections.abc import Sequence
from itertools import pairwise

from torch import Tensor, nn
from torch.nn.functional import interpolate, leaky_relu

SLOPE = 0.2


class PixelHead(nn.Module):
    """A logit a pixel, [B, 1, H, W]: the decoder of Real-ESRGAN's U-Net (Wang et al. 2021).

    From the coarsest stage up: bilinear upsampling to the next finer one, a 3x3 convolution, and
    that stage added as a skip connection. The trunk's first stage must have the image's size.
    """

    def __init__(self, channels: Sequence[int]) -> None:
        super().__init__()
        self.up = nn.ModuleList(
            nn.Conv2d(coarse, fine, 3, padding=1, bias=False)
            for coarse, fine in pairwise(reversed(channels))
        )
        width = channels[0]
        self.last = nn.Sequential(
            nn.Conv2d(width, width, 3, padding=1, bias=False),
            nn.LeakyReLU(SLOPE),
            nn.Conv2d(width, width, 3, padding=1, bias=False),
            nn.LeakyReLU(SLOPE),
            nn.Conv2d(width, 1, 3, padding=1),
        )

    def forward(self, stages: list[Tensor]) -> Tensor:
        """Stages [B, C_i, H/2^i, W/2^i], of any size, to logits [B, 1, H, W]."""
        x, *skips = reversed(stages)
        for convolution, skip in zip(self.up, skips, strict=True):
            x = interpolate(x, size=skip.shape[-2:], mode="bilinear", align_corners=False)
            x = leaky_relu(convolution(x), SLOPE) + skip
        return self.last(x)
