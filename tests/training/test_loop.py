"""One step against the textbook's: a summed loss, then the discriminator's own step."""

from copy import deepcopy

import pytest
import torch
from torch import Tensor, nn
from torch.nn.functional import binary_cross_entropy_with_logits as bce

from asymmetry.discriminators.losses import LOSSES
from asymmetry.study import Numerics, Optimisation, Schedule
from asymmetry.training.loop import Objective, rate_factor, train_step
from asymmetry.training.state import State

SECTION = Optimisation(steps=10, schedule=Schedule(kind="constant"), ema=0.9)
WEIGHT = 0.3


def distance(restored: Tensor, reference: Tensor) -> Tensor:
    return (restored - reference).abs().mean(dim=(1, 2, 3))


def squares(restored: Tensor, reference: Tensor) -> Tensor:
    return (restored - reference).square().mean(dim=(1, 2, 3))


def adam(module: nn.Module) -> torch.optim.Adam:
    return torch.optim.Adam([{"params": list(module.parameters()), "initial_lr": 1e-2}], lr=1e-2)


@pytest.fixture
def networks() -> tuple[nn.Module, nn.Module]:
    torch.manual_seed(0)
    generator = nn.Sequential(nn.Conv2d(3, 12, 3, padding=1), nn.PixelShuffle(2))
    return generator, nn.Sequential(nn.Conv2d(3, 4, 3), nn.LeakyReLU(0.2), nn.Conv2d(4, 1, 3))


@pytest.fixture
def batch() -> tuple[Tensor, Tensor]:
    generator = torch.Generator().manual_seed(1)
    return torch.rand(2, 3, 8, 8, generator=generator), torch.rand(
        2, 3, 16, 16, generator=generator
    )


def state_of(networks: tuple[nn.Module, nn.Module]) -> State:
    generator, discriminator = deepcopy(networks[0]), deepcopy(networks[1])
    return State(generator, adam(generator), discriminator, adam(discriminator))


def objective(weight: float) -> Objective:
    terms = {"pixel": (0.5, distance), "fidelity": (2.0, squares)}
    return Objective(terms, LOSSES["bce"], weight)


def test_a_step_is_the_textbook_step(
    networks: tuple[nn.Module, nn.Module], batch: tuple[Tensor, Tensor]
):
    state = state_of(networks)
    for _ in range(3):
        logs = train_step(state, batch, objective(WEIGHT), SECTION, Numerics())

    generator, discriminator = deepcopy(networks[0]), deepcopy(networks[1])
    average = deepcopy(generator)
    first, second = adam(generator), adam(discriminator)
    low, reference = batch
    for _ in range(3):
        restored = generator(low)
        fake = discriminator(restored)
        loss = 0.5 * distance(restored, reference).mean() + 2 * squares(restored, reference).mean()
        loss = loss + WEIGHT * bce(fake, torch.ones_like(fake))
        first.zero_grad()
        loss.backward()
        first.step()
        for mean, now in zip(average.parameters(), generator.parameters(), strict=True):
            mean.data = 0.9 * mean.data + 0.1 * now.data
        real, fake = discriminator(reference), discriminator(restored.detach())
        second.zero_grad()
        (bce(real, torch.ones_like(real)) + bce(fake, torch.zeros_like(fake))).backward()
        second.step()

    for ours, textbook in [
        (state.generator, generator),
        (state.average, average),
        (state.discriminator, discriminator),
    ]:
        assert ours
        for one, other in zip(ours.parameters(), textbook.parameters(), strict=True):
            torch.testing.assert_close(one, other, rtol=1e-5, atol=1e-7)
    assert state.step == 3
    assert logs["pixel"].item() == pytest.approx(distance(restored, reference).mean().item(), 1e-5)


def test_the_adversarial_gradient_is_linear_in_its_weight(
    networks: tuple[nn.Module, nn.Module], batch: tuple[Tensor, Tensor]
):
    """The generator's gradient is a + w b: so its change from w to 2w is that from 0 to w."""

    def gradient(weight: float) -> Tensor:
        state = state_of(networks)
        train_step(state, batch, objective(weight), SECTION, Numerics())
        return torch.cat(
            [p.grad.flatten() for p in state.generator.parameters() if p.grad is not None]
        )

    none, once, twice = gradient(0.0), gradient(1.0), gradient(2.0)
    assert (once - none).norm() > 1e-4
    torch.testing.assert_close(twice - once, once - none, rtol=1e-4, atol=1e-7)


def test_no_gradient_leaks_between_the_two_steps(
    networks: tuple[nn.Module, nn.Module], batch: tuple[Tensor, Tensor]
):
    """The generator's gradient does not depend on the discriminator's step, nor the reverse."""
    state = state_of(networks)
    train_step(state, batch, objective(0.0), SECTION, Numerics())
    alone = State(deepcopy(networks[0]), adam(networks[0]))
    alone.generator_optimizer = adam(alone.generator)
    train_step(alone, batch, Objective(objective(0.0).distances), SECTION, Numerics())
    for one, other in zip(state.generator.parameters(), alone.generator.parameters(), strict=True):
        assert torch.equal(one, other)


@pytest.mark.parametrize(
    ("schedule", "progress", "factor"),
    [
        (Schedule(kind="constant"), 0.9, 1.0),
        (Schedule(kind="multistep", milestones=[0.5, 0.75], factor=0.5), 0.49, 1.0),
        (Schedule(kind="multistep", milestones=[0.5, 0.75], factor=0.5), 0.5, 0.5),
        (Schedule(kind="multistep", milestones=[0.5, 0.75], factor=0.5), 0.8, 0.25),
        (Schedule(kind="cosine"), 0.0, 1.0),
        (Schedule(kind="cosine"), 0.5, 0.5),
        (Schedule(kind="cosine"), 1.0, 0.0),
    ],
)
def test_the_rate_is_a_function_of_the_step(schedule: Schedule, progress: float, factor: float):
    assert rate_factor(schedule, progress) == pytest.approx(factor)


def test_the_rate_reaches_the_optimizer(networks: tuple, batch: tuple):
    state = state_of(networks)
    state.step = 6
    section = Optimisation(steps=10, schedule=Schedule(milestones=[0.5], factor=0.1))
    train_step(state, batch, objective(0.1), section, Numerics())
    assert state.generator_optimizer.param_groups[0]["lr"] == pytest.approx(1e-3)
