"""Puts a run's networks, losses and optimizers together.

Components are reached by name through their registries, so that a run's code identity holds the
components that it uses and no others.
"""

from collections.abc import Callable, Sequence
from pathlib import Path

import torch
from safetensors.torch import load_file
from torch import nn

from asymmetry.core.adam import Adam
from asymmetry.core.errors import UserError
from asymmetry.core.records import read_record, verified_output
from asymmetry.discriminators.registry import adversarial_loss, build_discriminator
from asymmetry.generators.registry import build_generator
from asymmetry.planning.plan import Plan
from asymmetry.planning.run import DISCRIMINATOR_WARM_START, WARM_START, Run
from asymmetry.study import DiscriminatorWarmStart, Numerics, Optimisation, Steps, Study, Training
from asymmetry.tables.schemas import DONE
from asymmetry.training.loop import Distance, Objective
from asymmetry.training.state import State


def layout_of(numerics: Numerics) -> torch.memory_format:
    """The memory layout of networks and images."""
    return torch.channels_last if numerics.channels_last else torch.contiguous_format


Section = Optimisation | DiscriminatorWarmStart


def section_of(study: Study, run: Run) -> Section:
    """The section of the study that says how a run is trained."""
    if run.kind == DISCRIMINATOR_WARM_START and study.discriminator_warm_start:
        return study.discriminator_warm_start
    return study.warm_start if run.kind == WARM_START else study.training


def fresh_state(plan: Plan, run: Run, section: Section, device: torch.device) -> State:
    """The state before the first step: generator and discriminator as their warm starts left them.

    Without a warm start they are drawn from the seed.
    """
    cell, study = run.cell, plan.study
    if isinstance(section, DiscriminatorWarmStart):
        generator: nn.Module = nn.Identity()  # the one that it faces does not change
        trunk_rate, head_rate = section.learning_rate, section.head_learning_rate
    else:
        generator = first_generator(plan, run, device)
        trunk_rate = study.training.discriminator_learning_rate
        head_rate = study.training.head_learning_rate
    state = State(generator, _adam([(generator, section.learning_rate)], section))
    spec = study.discriminators.get(cell.discriminator)
    if spec:
        discriminator = build_discriminator(spec, cell.seed, Path(study.execution.weights)).train()
        if run.discriminator_warm_start and not begins_diverged(plan, run):
            start = plan.find(run.discriminator_warm_start)
            discriminator.load_state_dict(_model(start, "discriminator"))
        state.discriminator = _placed(discriminator, study.numerics, device)
        parts = [(discriminator.trunk, trunk_rate), (discriminator.head, head_rate or trunk_rate)]
        state.discriminator_optimizer = _adam(parts, section)
    return state


def first_generator(plan: Plan, run: Run, device: torch.device) -> nn.Module:
    """The generator that a run begins with, or that its discriminator faces."""
    cell, study = run.cell, plan.study
    generator = _placed(
        _generator(cell.generator, study.tasks[cell.task].scale, cell.seed), study.numerics, device
    )
    if run.warm_start:
        generator.load_state_dict(_warm_generator(plan.find(run.warm_start)))
    return generator


def begins_diverged(plan: Plan, run: Run) -> bool:
    """Whether the warm start of the run's discriminator diverged, and so the run has none."""
    start = run.discriminator_warm_start
    return bool(start) and read_record(plan.find(str(start)).record)["status"] != DONE


def _placed(module: nn.Module, numerics: Numerics, device: torch.device) -> nn.Module:
    module.to(device).to(memory_format=layout_of(numerics))  # type: ignore[call-overload]
    if numerics.compile:
        module.compile()
    return module


def _adam(parts: Sequence[tuple[nn.Module, float]], section: Steps) -> Adam:
    """The optimizer of modules, each with its learning rate."""
    groups = [
        {"params": [p for p in module.parameters() if p.requires_grad], "initial_lr": rate}
        for module, rate in parts
    ]
    return Adam(groups, betas=section.betas, fused=True)


def objective_of(
    run: Run, section: Training, distance_of: Callable[[str, Path | None], Distance]
) -> Objective:
    """The terms of a run's loss: a warm start has the pixel term alone, or the adversarial one.

    `distance_of` gives a loss by its name, with its file of fitted channel weights.
    """
    cell = run.cell
    if run.kind == DISCRIMINATOR_WARM_START:
        return Objective({}, adversarial_loss(section.adversarial_loss))
    # Of a warm start, which has no other term, the weight is no part: cells may have none of it.
    names = {"pixel": (1.0, section.pixel)}
    if run.kind != WARM_START:
        names = {
            "pixel": (section.pixel_weight, section.pixel),
            "fidelity": (section.fidelity_weight, cell.fidelity),
        }
    distances = {}
    for term, (weight, name) in names.items():
        if weight > 0:
            distances[term] = (weight, distance_of(name, run.fitted))
    adversary = None
    if cell.adversarial_weight > 0:
        adversary = adversarial_loss(section.adversarial_loss)
    adaptive = section.balance == "adaptive"
    return Objective(distances, adversary, cell.adversarial_weight, adaptive)


def _generator(name: str, scale: int, seed: int) -> nn.Module:
    return build_generator(name, scale, seed)


def _warm_generator(warm: Run) -> dict[str, torch.Tensor]:
    """The generator of a finished warm start, verified; UserError where it is not usable."""
    record = read_record(warm.record)
    if record["status"] != DONE:
        raise UserError(f"{warm.record}: the warm start diverged; lower warm_start.learning_rate")
    return _model(warm, "generator")


def _model(run: Run, name: str) -> dict[str, torch.Tensor]:
    """A model of a finished run, verified."""
    record = read_record(run.record)
    return load_file(verified_output(run.folder, record, f"{name}.safetensors"))
