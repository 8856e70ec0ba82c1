"""The inputs of an IQA model: crops of images, alone or with their references."""

from collections.abc import Sequence
from dataclasses import dataclass
from itertools import product

import numpy as np
import torch
from numpy.typing import NDArray
from torch import Tensor, nn

from asymmetry.core.errors import UserError
from asymmetry.core.randomness import draws
from asymmetry.data.images import Rgb, to_tensor
from asymmetry.study import Transfer

# An image, alone or followed by its reference, which has the same size.
Views = tuple[Rgb, ...]


@dataclass(frozen=True)
class Examples:
    """Images as views of uint8 RGB [H,W,3], and their scores [n]; higher is better."""

    images: list[Views]
    scores: NDArray[np.float64]

    def part(self, indices: Sequence[int]) -> "Examples":
        """The examples of these indices."""
        return Examples([self.images[index] for index in indices], self.scores[list(indices)])


@torch.no_grad()
def over_crops(network: nn.Module, images: list[Views], crop: int) -> NDArray[np.float64]:
    """The output of a network for each image, [n, ...]: the mean over the corners and the centre.

    The network gets batches [B, 3 * views, crop, crop] in 0..1, and is left in eval mode. Raises
    UserError where an image is smaller than the crop.
    """
    network.eval()
    device = device_of(network)
    means = [network(_five(views, crop).to(device)).double().mean(0).cpu() for views in images]
    return torch.stack(means).numpy()


def random_batch(
    examples: Examples, settings: Transfer, split: int, step: int
) -> tuple[Tensor, Tensor]:
    """Crops [batch, 3 * views, crop, crop] in 0..1, half of them mirrored, and scores [batch].

    The draws are counted from (split, step, sample), so all models of a split see the same crops.
    Raises UserError where an image is smaller than the crop.
    """
    crops, scores = [], []
    for sample in range(settings.batch):
        rng = draws(split, "transfer crop", step, sample)
        chosen = int(rng.integers(len(examples.images)))
        views = examples.images[chosen]
        top, left = (int(rng.integers(room + 1)) for room in _room(views, settings.crop))
        patch = _patch(views, settings.crop, top, left)
        crops.append(to_tensor(patch[:, ::-1] if rng.integers(2) else patch))
        scores.append(examples.scores[chosen])
    return torch.cat(crops), torch.tensor(scores, dtype=torch.float32)


def device_of(network: nn.Module) -> torch.device:
    """The device of a network's parameters."""
    return next(network.parameters()).device


def _five(views: Views, crop: int) -> Tensor:
    bottom, right = _room(views, crop)
    corners = [*product((0, bottom), (0, right)), (bottom // 2, right // 2)]
    return torch.cat([to_tensor(_patch(views, crop, top, left)) for top, left in corners])


def _patch(views: Views, crop: int, top: int, left: int) -> Rgb:
    """The square of each view with this corner, [crop, crop, 3 * views]."""
    return np.concatenate([v[top : top + crop, left : left + crop] for v in views], axis=2)


def _room(views: Views, crop: int) -> tuple[int, int]:
    """The largest top and left at which a crop fits."""
    height, width = views[0].shape[:2]
    if min(height, width) < crop:
        raise UserError(f"transfer.crop: {crop} is larger than an image of {width}x{height} pixels")
    return height - crop, width - crop
