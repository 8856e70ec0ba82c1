"""What lies beyond an image's border, in MATLAB's words for it.

Not by `F.pad`: its gradients differ in their last bits from run to run on a GPU.
"""

from typing import Literal

import torch
from torch import Tensor


def bordered(maps: Tensor, reach: int, beyond: Literal["reflect", "symmetric"]) -> Tensor:
    """[B, C, H, W] with `reach` pixels more on each side; sides > `reach`.

    `reflect`: mirrored about the outermost pixels; `symmetric`: with them, which for one pixel
    repeats them.
    """
    first = 1 if beyond == "reflect" else 0
    for dim in (2, 3):
        before = maps.narrow(dim, first, reach)
        after = maps.narrow(dim, maps.shape[dim] - first - reach, reach)
        maps = torch.cat([before.flip(dim), maps, after.flip(dim)], dim=dim)
    return maps
