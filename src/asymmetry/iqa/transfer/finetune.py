"""Fine-tuning of an IQA model under a fixed budget."""

import math

import torch
from torch import nn

from asymmetry.core.adam import Adam
from asymmetry.iqa.transfer.examples import Examples, device_of, over_crops, random_batch
from asymmetry.iqa.transfer.model import QualityModel
from asymmetry.stats.correlation import srcc
from asymmetry.study import Transfer

_BATCHES_SEEN_FIRST = 8  # they fix the scale of the model's statistics


class DivergedError(ArithmeticError):
    """The loss or the predictions are no longer finite."""


def fine_tune(
    model: QualityModel, train: Examples, validation: Examples, settings: Transfer, split: int
) -> int:
    """Train `model` for all steps of the budget, restore its best state, and return that step.

    The best is the validated step with the highest SRCC on `validation`; of equals, the earliest.
    No test image is used. The loss is the mean squared error to the standardised training scores.
    Crops and mirror images are counted from (split, step, sample), so all models of a split see
    the same.

    Raises UserError where an image is smaller than the crop, and DivergedError where the loss is
    not finite, or every validated prediction is constant or not finite.
    """
    device = device_of(model)
    mean, std = float(train.scores.mean()), float(train.scores.std())
    optimiser = Adam(model.parameters(), settings.learning_rate)
    first = range(1, _BATCHES_SEEN_FIRST + 1)
    seen = [random_batch(train, settings, split, step)[0] for step in first]
    model.train().standardise(torch.cat(seen).to(device))
    best, best_step, best_state = -math.inf, 0, {}
    for step in range(1, settings.steps + 1):
        views, scores = (part.to(device) for part in random_batch(train, settings, split, step))
        model.train()
        loss = nn.functional.mse_loss(model(views), (scores - mean) / std)
        if not torch.isfinite(loss):
            raise DivergedError(f"the loss is not finite at step {step}")
        optimiser.zero_grad()
        loss.backward()
        optimiser.step()
        if step % settings.validate_every == 0 or step == settings.steps:
            predicted = over_crops(model, validation.images, settings.crop)
            value = srcc(predicted, validation.scores)
            if value > best:
                state = {key: tensor.clone() for key, tensor in model.state_dict().items()}
                best, best_step, best_state = value, step, state
    if not best_state:
        raise DivergedError("the predictions on the validation images are constant or not finite")
    model.load_state_dict(best_state)
    return best_step
