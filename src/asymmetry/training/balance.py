"""Weights that compare: terms scaled by the norms of their gradients at the generator's output.

With `training.balance: gradient`, each term is divided by the mean norm of its gradient, measured
once where the cell begins: at the warm-started generator and discriminator, on the first batches of
the cell's own stream. Then the weights of a study are ratios of gradient norms, whatever the scale
of a loss. The measurement changes neither network.
"""

import math
from collections.abc import Mapping
from copy import deepcopy
from dataclasses import replace
from statistics import fmean

import torch
from torch import Tensor

from asymmetry.study import Numerics
from asymmetry.training.loop import (
    ADVERSARIAL,
    Batch,
    Objective,
    autocast,
    gradient_at,
    logits_of,
)
from asymmetry.training.state import State

BATCHES = 32


class GradientNorms:
    """The measurement of the norms, a batch at a time."""

    def __init__(self, state: State, objective: Objective, numerics: Numerics) -> None:
        self._objective, self._numerics = objective, numerics
        # Copies: a pass in training mode refines spectral norms, and moves other statistics.
        self._generator = deepcopy(state.generator)
        self._discriminator = deepcopy(state.discriminator)
        self._norms: dict[str, list[Tensor]] = {}
        self.batches = 0

    def add(self, batch: Batch) -> None:
        """Measure on one more batch, (low, reference) as `train_step` has it."""
        low, reference = batch
        logs: dict[str, Tensor] = {}
        with torch.no_grad(), autocast(low.device, self._numerics):
            output = self._generator(low).float()
        output.requires_grad_()
        for name, (_, distance) in self._objective.distances.items():
            gradient_at(name, distance(output, reference).mean(), output, logs)
        if self._objective.adversarial_loss and self._discriminator:
            fake, real = logits_of(self._discriminator, output, reference, self._numerics)
            value = self._objective.adversarial_loss.generator(fake, real)
            gradient_at(ADVERSARIAL, value, output, logs)
        for name, value in logs.items():
            if name.startswith("|"):
                self._norms.setdefault(name.strip("|"), []).append(value)
        self.batches += 1

    def means(self) -> dict[str, float]:
        """The mean norm of each term over the batches; waits for the device."""
        return {name: fmean(torch.stack(norms).tolist()) for name, norms in self._norms.items()}


def without_gradient(norms: Mapping[str, float]) -> str | None:
    """The first term that cannot be scaled: its mean norm is zero, or not finite."""
    return next((name for name, norm in norms.items() if not 0 < norm < math.inf), None)


def balanced(objective: Objective, norms: Mapping[str, float]) -> Objective:
    """The objective with each weight divided by the norm of its term."""
    distances = {
        name: (weight / norms[name], distance)
        for name, (weight, distance) in objective.distances.items()
    }
    weight = objective.adversarial_weight
    if objective.adversarial_loss:
        weight /= norms[ADVERSARIAL]
    return replace(objective, distances=distances, adversarial_weight=weight)
