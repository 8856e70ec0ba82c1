"""Photos and what distortions make of them."""

import skimage.data
import torch
import torch.nn.functional as F
from torch import Tensor

from asymmetry.metrics.colour import to_8_bits


def grey_pairs(height: int, width: int) -> tuple[Tensor, Tensor]:
    """A noisy and a blurred photo, grey [2, 1, height, width], and the photo twice."""
    photo = torch.from_numpy(skimage.data.chelsea()).double().mean(dim=2) / 255
    photo = to_8_bits(photo[None, None, 60 : 60 + height, 80 : 80 + width])
    noise = torch.randn(photo.shape, generator=torch.Generator().manual_seed(1), dtype=photo.dtype)
    blurred = F.avg_pool2d(F.pad(photo, (2,) * 4, "reflect"), 5, stride=1)
    return to_8_bits(torch.cat([photo + 0.05 * noise, blurred])), photo.repeat(2, 1, 1, 1)
