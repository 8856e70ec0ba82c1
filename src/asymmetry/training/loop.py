"""The training loop, on one page.

The generator's loss is pixel_weight * pixel + fidelity_weight * fidelity + adversarial_weight *
adversarial. Each term's gradient is taken at the generator's output and the weighted sum is then
sent back through the generator once: the same gradient as that of the summed loss, but each term's
own norm is known without a further pass.
"""

import math
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import TYPE_CHECKING

import torch
from torch import Tensor
from torch.optim import Optimizer

from asymmetry.study import Numerics, Optimisation, Schedule
from asymmetry.training.state import State

if TYPE_CHECKING:
    from asymmetry.discriminators.losses import AdversarialLoss

Batch = tuple[Tensor, Tensor]
Distance = Callable[[Tensor, Tensor], Tensor]


@dataclass(frozen=True)
class Objective:
    """The terms of the generator's loss with their weights; no adversarial loss at weight 0."""

    distances: Mapping[str, tuple[float, Distance]]
    adversarial_loss: "AdversarialLoss | None" = None
    adversarial_weight: float = 0.0


def train_step(
    state: State, batch: Batch, objective: Objective, section: Optimisation, numerics: Numerics
) -> dict[str, Tensor]:
    """One step of generator and discriminator: `state.step` grows by one.

    `batch` is (low [B, 3, h, w], reference [B, 3, H, W]) in 0..1. Returns the value of each term
    and, as "|name|", the norm of its unweighted gradient at the generator's output.
    """
    low, reference = batch
    precision = torch.autocast(
        low.device.type, torch.bfloat16, enabled=numerics.precision == "bfloat16"
    )
    _set_rate(state.generator_optimizer, section.schedule, state.step / section.steps)
    with precision:
        restored = state.generator(low).float()

    # 1. The generator: the sum of the terms' gradients at its output, then one pass back.
    output = restored.detach().requires_grad_()
    logs: dict[str, Tensor] = {}
    total = torch.zeros_like(output)
    for name, (weight, distance) in objective.distances.items():
        total += weight * _gradient(name, distance(output, reference).mean(), output, logs)
    if objective.adversarial_loss and state.discriminator:
        with precision:
            fake, real = state.discriminator(output).float(), state.discriminator(reference).float()
        adversarial = objective.adversarial_loss.generator(fake, real)
        gradient = _gradient("adversarial", adversarial, output, logs)
        total += objective.adversarial_weight * gradient
    state.generator_optimizer.zero_grad(set_to_none=True)
    restored.backward(total)
    state.generator_optimizer.step()
    state.update_average(section.ema)

    # 2. The discriminator: on the same logits, which its last step alone decided. Its gradient is
    #    asked for its own parameters only, so nothing reaches the generator.
    if objective.adversarial_loss and state.discriminator and state.discriminator_optimizer:
        _set_rate(state.discriminator_optimizer, section.schedule, state.step / section.steps)
        loss = objective.adversarial_loss.discriminator(real, fake)
        state.discriminator_optimizer.zero_grad(set_to_none=True)
        loss.backward(inputs=[p for p in state.discriminator.parameters() if p.requires_grad])
        state.discriminator_optimizer.step()
        logs["discriminator"] = loss.detach()
        logs |= {"real": real.mean().detach(), "fake": fake.mean().detach()}

    state.step += 1
    return logs


def _gradient(name: str, value: Tensor, output: Tensor, logs: dict[str, Tensor]) -> Tensor:
    """The gradient of a term at the generator's output; notes its value and norm."""
    # The graph is kept: the discriminator's step goes back through the same logits.
    (gradient,) = torch.autograd.grad(value, output, retain_graph=name == "adversarial")
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
