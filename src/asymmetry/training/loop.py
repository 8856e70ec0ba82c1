"""The training loop, on one page.

The generator's loss is pixel_weight * pixel + fidelity_weight * fidelity + adversarial_weight *
adversarial. Each term's gradient is taken at the generator's output and the weighted sum is then
sent back through the generator once: the same gradient as that of the summed loss, but each term's
own norm is known without a further pass.

With `training.balance: adaptive` the adversarial term is also scaled at every step to the gradient
of the others, as in VQGAN (Esser, Rombach and Ommer 2021, eq. 7). VQGAN takes both norms at the
last layer of its decoder; here they are those at the output, which the step knows anyway.
"""

import math
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import TYPE_CHECKING

import torch
from torch import Tensor, nn
from torch.optim import Optimizer

from asymmetry.study import Numerics, Optimisation, Schedule, Steps
from asymmetry.training.separation import auc
from asymmetry.training.state import State

if TYPE_CHECKING:
    from asymmetry.discriminators.losses import AdversarialLoss

Batch = tuple[Tensor, Tensor]
Distance = Callable[[Tensor, Tensor], Tensor]
ADVERSARIAL = "adversarial"
# What a step logs beside its terms. It may be infinite though all of them are finite: the ratio
# where the others' gradient is zero, a square beyond the largest number.
DERIVED = ("ratio", "mse", "auc")
# Delta of eq. 7, and the bound of VQGAN's code. That code has a delta of 1e-4, which would swallow
# the gradients of means at an output: of n values, they are about 1 / sqrt(n).
_ADAPTIVE_DELTA, _ADAPTIVE_MOST = 1e-6, 1e4


@dataclass(frozen=True)
class Objective:
    """The terms of the generator's loss with their weights; no adversarial loss at weight 0.

    `adaptive`: the adversarial term is scaled to the gradient of the others at every step.
    """

    distances: Mapping[str, tuple[float, Distance]]
    adversarial_loss: "AdversarialLoss | None" = None
    adversarial_weight: float = 0.0
    adaptive: bool = False


def train_step(
    state: State, batch: Batch, objective: Objective, section: Optimisation, numerics: Numerics
) -> dict[str, Tensor]:
    """One step of generator and discriminator: `state.step` grows by one.

    `batch` is (low [B, 3, h, w], reference [B, 3, H, W]) in 0..1. Returns the value of each term
    and, as "|name|", the norm of its unweighted gradient at the generator's output; `mse`, the mean
    squared error of the output; and with an adversary `ratio`, the norm of its weighted gradient
    over that of all others, and what `discriminator_step` returns.
    """
    low, reference = batch
    _set_rate(state.generator_optimizer, section.schedule, state.step / section.steps)
    with autocast(low.device, numerics):
        restored = state.generator(low).float()

    # 1. The generator: the sum of the terms' gradients at its output, then one pass back.
    output = restored.detach().requires_grad_()
    logs: dict[str, Tensor] = {}
    total = torch.zeros_like(output)
    for name, (weight, distance) in objective.distances.items():
        total += weight * gradient_at(name, distance(output, reference).mean(), output, logs)
    if objective.adversarial_loss and state.discriminator:
        fake, real = logits_of(state.discriminator, output, reference, numerics)
        adversarial = objective.adversarial_loss.generator(fake, real)
        gradient = gradient_at(ADVERSARIAL, adversarial, output, logs)
        weighted, others = objective.adversarial_weight * gradient, total.norm()
        if objective.adaptive:
            scale = others / (gradient.norm() + _ADAPTIVE_DELTA)
            logs["adaptive"] = scale.clamp(max=_ADAPTIVE_MOST)
            weighted = logs["adaptive"] * weighted
        logs["ratio"] = weighted.norm() / others
        total += weighted
    logs["mse"] = (restored.detach() - reference).square().mean()
    state.generator_optimizer.zero_grad(set_to_none=True)
    restored.backward(total)
    state.generator_optimizer.step()
    state.update_average(section.ema)

    # 2. The discriminator: on the same logits, which its last step alone decided.
    if objective.adversarial_loss and state.discriminator:
        logs |= _learn_to_tell(state, real, fake, objective.adversarial_loss, section)

    state.step += 1
    return logs


def discriminator_step(
    state: State, pair: Batch, objective: Objective, section: Steps, numerics: Numerics
) -> dict[str, Tensor]:
    """One step of the discriminator alone: `state.step` grows by one.

    `pair` is (restored, reference), each [B, 3, H, W] in 0..1. Returns the discriminator's loss,
    the mean logits of real and fake, and the AUC of telling them apart.
    """
    logs: dict[str, Tensor] = {}
    if objective.adversarial_loss and state.discriminator:
        fake, real = logits_of(state.discriminator, *pair, numerics)
        logs = _learn_to_tell(state, real, fake, objective.adversarial_loss, section)
    state.step += 1
    return logs


def _learn_to_tell(
    state: State, real: Tensor, fake: Tensor, loss: "AdversarialLoss", section: Steps
) -> dict[str, Tensor]:
    """A step of the discriminator from the logits that it gave."""
    if not (state.discriminator and state.discriminator_optimizer):
        return {}
    _set_rate(state.discriminator_optimizer, section.schedule, state.step / section.steps)
    value = loss.discriminator(real, fake)
    state.discriminator_optimizer.zero_grad(set_to_none=True)
    # The gradient is asked for its own parameters only, so nothing reaches the generator.
    value.backward(inputs=[p for p in state.discriminator.parameters() if p.requires_grad])
    state.discriminator_optimizer.step()
    logs = {"discriminator": value.detach(), "auc": auc(real, fake)}
    return logs | {"real": real.mean().detach(), "fake": fake.mean().detach()}


def logits_of(
    discriminator: nn.Module, restored: Tensor, reference: Tensor, numerics: Numerics
) -> tuple[Tensor, Tensor]:
    """The logits of restored and of reference images, in this order."""
    with autocast(restored.device, numerics):
        return discriminator(restored).float(), discriminator(reference).float()


def autocast(device: torch.device, numerics: Numerics) -> torch.autocast:
    """The precision in which networks compute."""
    return torch.autocast(device.type, torch.bfloat16, enabled=numerics.precision == "bfloat16")


def gradient_at(name: str, value: Tensor, output: Tensor, logs: dict[str, Tensor]) -> Tensor:
    """The gradient of a term at the generator's output; notes its value and norm."""
    # The graph is kept: the discriminator's step goes back through the same logits.
    (gradient,) = torch.autograd.grad(value, output, retain_graph=name == ADVERSARIAL)
    logs[name], logs[f"|{name}|"] = value.detach(), gradient.norm()
    return gradient


def _set_rate(optimizer: Optimizer, schedule: Schedule, progress: float) -> None:
    """Set the learning rate at `progress` (0 to 1): a function of the step, no state to lose."""
    for group in optimizer.param_groups:
        group["lr"] = group["initial_lr"] * rate_factor(schedule, progress)


def rate_factor(schedule: Schedule, progress: float) -> float:
    """The learning rate at `progress` (0 to 1) as a share of the initial one."""
    if schedule.kind == "multistep":
        return schedule.factor ** sum(progress >= milestone for milestone in schedule.milestones)
    if schedule.kind == "cosine":
        return 0.5 * (1 + math.cos(math.pi * progress))
    return 1.0
