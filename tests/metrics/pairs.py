"""A photo and a worse version of it, the same on every machine: whole levels, nothing drawn."""

import skimage.data
import torch
from torch import Tensor

from asymmetry.imaging.colour import grey, to_8_bits


def colour_pair(height: int, width: int) -> tuple[Tensor, Tensor]:
    """A photo's crop in 16 levels a channel, and the crop: [1, 3, H, W] each, in 0..1."""
    pixels = torch.from_numpy(skimage.data.chelsea())[40 : 40 + height, 100 : 100 + width]
    levels = pixels.permute(2, 0, 1).unsqueeze(0)
    return (levels // 16 * 16 + 8).double() / 255, levels.double() / 255


def grey_pair(height: int, width: int) -> tuple[Tensor, Tensor]:
    """The same in whole levels of grey: [1, 1, H, W] each."""
    restored, reference = (to_8_bits(grey(image)) for image in colour_pair(height, width))
    return restored, reference
