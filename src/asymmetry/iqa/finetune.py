"""Fine-tuning of a no-reference IQA model under a fixed budget."""

import math
from dataclasses import dataclass
from itertools import product

import numpy as np
import torch
from numpy.typing import NDArray
from torch import Tensor, nn

from asymmetry.data.images import Rgb, to_tensor
from asymmetry.errors import UserError
from asymmetry.iqa.correlation import srcc
from asymmetry.iqa.model import QualityModel
from asymmetry.randomness import draws
from asymmetry.study import Transfer

_AT_ONCE = 64  # crops predicted in one pass
_BATCHES_SEEN_FIRST = 8  # those that fix the scale of the model's statistics


class DivergedError(ArithmeticError):
    """The loss or the predictions are no longer finite."""


@dataclass(frozen=True)
class Examples:
    """Images, uint8 RGB [H,W,3], and their scores [n], higher being better."""

    images: list[Rgb]
    scores: NDArray[np.float64]


def fine_tune(
    model: QualityModel, train: Examples, validation: Examples, settings: Transfer, split: int
) -> int:
    """Train `model` for all steps of the budget, and leave it as it was at the best of them.

    The best is the validated step of the highest SRCC on `validation`, the earliest of equals; no
    test image comes in here. The loss is the mean squared error to the standardised training
    scores. Crops and mirror images are counted from (split, step, sample), so every model of a
    split meets the same. Returns the step.

    Raises UserError where an image is smaller than the crop, DivergedError where the loss, or every
    validated prediction, is not finite or constant.
    """
    for rgb in (*train.images, *validation.images):
        _check_size(rgb, settings.crop)
    mean, std = float(train.scores.mean()), float(train.scores.std())
    optimiser = torch.optim.Adam(model.parameters(), settings.learning_rate)
    first = range(1, _BATCHES_SEEN_FIRST + 1)
    seen = [_batch(train, settings, split, step, _device(model))[0] for step in first]
    model.train().standardise(torch.cat(seen))
    best, best_step, best_state = -math.inf, 0, {}
    for step in range(1, settings.steps + 1):
        images, scores = _batch(train, settings, split, step, _device(model))
        model.train()
        loss = nn.functional.mse_loss(model(images), (scores - mean) / std)
        if not torch.isfinite(loss):
            raise DivergedError(f"the loss is not finite at step {step}")
        optimiser.zero_grad()
        loss.backward()
        optimiser.step()
        if step % settings.validate_every == 0 or step == settings.steps:
            value = srcc(predict(model, validation.images, settings.crop), validation.scores)
            if value > best:
                state = {key: tensor.clone() for key, tensor in model.state_dict().items()}
                best, best_step, best_state = value, step, state
    if not best_state:
        raise DivergedError("the predictions on the validation images are constant or not finite")
    model.load_state_dict(best_state)
    return best_step


@torch.no_grad()
def predict(model: nn.Module, images: list[Rgb], crop: int) -> NDArray[np.float64]:
    """The predicted scores [n]: the mean over five crops, the corners and the centre.

    Raises UserError where an image is smaller than the crop.
    """
    model.eval()
    crops = torch.cat([patch for rgb in images for patch in _five_crops(rgb, crop)])
    parts = [model(part.to(_device(model))).cpu() for part in crops.split(_AT_ONCE)]
    return torch.cat(parts).double().view(len(images), 5).mean(1).numpy()


def _batch(
    examples: Examples, settings: Transfer, split: int, step: int, device: torch.device
) -> tuple[Tensor, Tensor]:
    crops, scores = [], []
    for sample in range(settings.batch):
        rng = draws(split, "transfer crop", step, sample)
        chosen = int(rng.integers(len(examples.images)))
        rgb = examples.images[chosen]
        top, left = (int(rng.integers(side - settings.crop + 1)) for side in rgb.shape[:2])
        patch = rgb[top : top + settings.crop, left : left + settings.crop]
        crops.append(to_tensor(patch[:, ::-1] if rng.integers(2) else patch))
        scores.append(examples.scores[chosen])
    return torch.cat(crops).to(device), torch.tensor(scores, dtype=torch.float32, device=device)


def _five_crops(rgb: Rgb, crop: int) -> list[Tensor]:
    _check_size(rgb, crop)
    bottom, right = (side - crop for side in rgb.shape[:2])
    places = [*product((0, bottom), (0, right)), (bottom // 2, right // 2)]
    return [to_tensor(rgb[top : top + crop, left : left + crop]) for top, left in places]


def _check_size(rgb: Rgb, crop: int) -> None:
    if min(rgb.shape[:2]) < crop:
        height, width = rgb.shape[:2]
        raise UserError(f"transfer.crop: {crop} is larger than an image of {width}x{height} pixels")


def _device(model: nn.Module) -> torch.device:
    return next(model.parameters()).device
