"""PIQE, perception based image quality, by Venkatanath et al. (NCC 2015).

As MATLAB's `piqe` computes it. Blocks of 16 x 16 of contrast-normalised luma that have enough
variance are active. One is distorted where a part of its edge is flat, as by compression, or where
its middle differs from its surround no more than in noise. A right or lower border that is no
multiple of 16 is repeated to one.
"""

import torch
import torch.nn.functional as F
from torch import Tensor

from asymmetry.metrics.niqe import normalised

_BLOCK, _SEGMENT = 16, 6
_ACTIVE = 0.1
_FLAT = 0.1


def piqe(restored: Tensor, _reference: Tensor) -> Tensor:
    """[B] in 0..100 of grey planes [B, 1, H, W] in 0..1; lower is better.

    100 where no block is active, as in a flat image.
    """
    levels = (restored.double() * 255).round()
    down, across = (-side % _BLOCK for side in levels.shape[2:])
    plane = normalised(F.pad(levels, (0, across, 0, down), "replicate"))[:, 0]
    blocks = plane.unfold(1, _BLOCK, _BLOCK).unfold(2, _BLOCK, _BLOCK).flatten(1, 2)
    variance = blocks.var(dim=(2, 3))
    distortion = _artefact(blocks) * (1 - variance) + _noise(blocks, variance.sqrt()) * variance
    active = variance > _ACTIVE
    return 100 * ((distortion * active).sum(dim=1) + 1) / (active.sum(dim=1) + 1)


def _artefact(blocks: Tensor) -> Tensor:
    """Whether any six pixels in a row on an edge of a block are flat: [B, N, 16, 16] to [B, N]."""
    edges = [blocks[..., 0, :], blocks[..., -1, :], blocks[..., 0], blocks[..., -1]]
    segments = torch.stack(edges, dim=2).unfold(3, _SEGMENT, 1)
    return (segments.std(dim=4) < _FLAT).flatten(2).any(dim=2)


def _noise(blocks: Tensor, deviation: Tensor) -> Tensor:
    """Whether the middle two columns deviate from the others as in noise: [B, N]."""
    middle = blocks[..., 7:9].flatten(2).std(dim=2)
    # MATLAB's code takes out column 8, then the ninth of those left, which is column 10.
    surround = blocks[..., [column for column in range(_BLOCK) if column not in (7, 9)]]
    ratio = (middle / surround.flatten(2).std(dim=2)).nan_to_num(0.0)
    return deviation > 2 * (deviation - ratio).abs() / torch.maximum(deviation, ratio)
