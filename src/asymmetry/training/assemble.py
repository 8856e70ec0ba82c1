"""Puts a run's networks, losses and optimizers together.

Components are reached by name through their registries, so that a run's code identity holds the
components that it uses and no others.
"""

from collections.abc import Callable
from pathlib import Path

import torch
from safetensors.torch import load_file
from torch import nn

from asymmetry.core.adam import Adam
from asymmetry.core.errors import UserError
from asymmetry.core.records import read_record, verified_output
from asymmetry.discriminators.registry import adversarial_loss, build_discriminator
from asymmetry.generators.registry import build_generator
from asymmetry.planning.plan import WARM_START, Plan, Run
from asymmetry.study import Numerics, Optimisation, Training
from asymmetry.tables.schemas import DONE
from asymmetry.training.loop import Distance, Objective
from asymmetry.training.state import State


def layout_of(numerics: Numerics) -> torch.memory_format:
    """The memory layout of networks and images."""
    return torch.channels_last if numerics.channels_last else torch.contiguous_format


def fresh_state(plan: Plan, run: Run, section: Optimisation, device: torch.device) -> State:
    """The state before the first step: a warm-started generator, a fresh discriminator."""
    cell, study = run.cell, plan.study
    generator = _placed(
        _generator(cell.generator, study.tasks[cell.task].scale, cell.seed), study.numerics, device
    )
    if run.warm_start:
        generator.load_state_dict(_warm_generator(plan.find(run.warm_start)))
    state = State(generator, _adam(generator, section.learning_rate, section))
    spec = study.discriminators.get(cell.discriminator)
    if spec:
        discriminator = build_discriminator(spec, cell.seed, Path(study.execution.weights)).train()
        state.discriminator = _placed(discriminator, study.numerics, device)
        rate = study.training.discriminator_learning_rate
        state.discriminator_optimizer = _adam(state.discriminator, rate, section)
    return state


def _placed(module: nn.Module, numerics: Numerics, device: torch.device) -> nn.Module:
    module.to(device).to(memory_format=layout_of(numerics))  # type: ignore[call-overload]
    if numerics.compile:
        module.compile()
    return module


def _adam(module: nn.Module, rate: float, section: Optimisation) -> Adam:
    parameters = [p for p in module.parameters() if p.requires_grad]
    groups = [{"params": parameters, "initial_lr": rate}]
    return Adam(groups, lr=rate, betas=section.betas, fused=True)


def objective_of(
    run: Run, section: Training, distance_of: Callable[[str, Path | None], Distance]
) -> Objective:
    """The terms of a run's loss: the warm start has the pixel term alone.

    `distance_of` gives a loss by its name, with its file of fitted channel weights.
    """
    cell = run.cell
    names = {"pixel": (section.pixel_weight, section.pixel)}
    if cell.discriminator != WARM_START:
        names["fidelity"] = (section.fidelity_weight, cell.fidelity)
    distances = {}
    for term, (weight, name) in names.items():
        if weight > 0:
            distances[term] = (weight, distance_of(name, run.fitted))
    adversary = None
    if cell.adversarial_weight > 0:
        adversary = adversarial_loss(section.adversarial_loss)
    return Objective(distances, adversary, cell.adversarial_weight)


def _generator(name: str, scale: int, seed: int) -> nn.Module:
    return build_generator(name, scale, seed)


def _warm_generator(warm: Run) -> dict[str, torch.Tensor]:
    """The generator of a finished warm start, verified; UserError where it is not usable."""
    record = read_record(warm.record)
    if record["status"] != DONE:
        raise UserError(f"{warm.record}: the warm start diverged; lower warm_start.learning_rate")
    return load_file(verified_output(warm.folder, record, "generator.safetensors"))
