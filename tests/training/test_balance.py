"""Gradient norms at the start against autograd by hand, and what balanced weights then mean."""

from copy import deepcopy

import pytest
import torch
from torch import Tensor, nn
from torch.nn.functional import softplus
from torch.nn.utils.parametrizations import spectral_norm

from asymmetry.core.errors import UserError
from asymmetry.discriminators.losses import LOSSES
from asymmetry.study import Numerics, Optimisation, Schedule, parse_study
from asymmetry.training.balance import GradientNorms, balanced, without_gradient
from asymmetry.training.loop import Objective, train_step
from asymmetry.training.state import State
from tests.training.test_loop import adam, distance, squares

SECTION = Optimisation(steps=10, schedule=Schedule(kind="constant"))
WEIGHT = 0.3
Batch = tuple[Tensor, Tensor]


@pytest.fixture
def batches() -> list[Batch]:
    generator = torch.Generator().manual_seed(1)
    return [
        (torch.rand(2, 3, 8, 8, generator=generator), torch.rand(2, 3, 16, 16, generator=generator))
        for _ in range(3)
    ]


@pytest.fixture
def state() -> State:
    torch.manual_seed(0)
    generator = nn.Sequential(nn.Conv2d(3, 12, 3, padding=1), nn.PixelShuffle(2))
    layers = spectral_norm(nn.Conv2d(3, 4, 3)), nn.LeakyReLU(0.2), nn.Conv2d(4, 1, 3)
    discriminator = nn.Sequential(*layers)
    return State(generator, adam(generator), discriminator, adam(discriminator))


def objective(adaptive: bool = False, **terms: float) -> Objective:
    known = {"pixel": distance, "fidelity": squares}
    weights = {name: (weight, known[name]) for name, weight in terms.items()}
    return Objective(weights, LOSSES["bce"], WEIGHT, adaptive)


def norms_by_hand(state: State, batch: Batch) -> dict[str, float]:
    """|gradient| of each term at the output, each from a pass of its own."""
    low, reference = batch
    output = state.generator(low).detach().requires_grad_()
    assert state.discriminator
    terms = {
        "pixel": (output - reference).abs().mean(),
        "fidelity": (output - reference).square().mean(),
        "adversarial": softplus(-state.discriminator(output)).mean(),
    }
    return {
        name: float(torch.autograd.grad(term, output)[0].square().sum().sqrt())
        for name, term in terms.items()
    }


def test_the_norms_are_means_over_batches_and_measuring_changes_no_byte(
    state: State, batches: list[Batch]
):
    state.discriminator.eval()  # else each pass by hand refines the spectral norm
    measuring = GradientNorms(state, objective(pixel=0.5, fidelity=2.0), Numerics())
    for batch in batches:
        measuring.add(batch)
    single = [norms_by_hand(state, batch) for batch in batches]
    expected = {name: sum(one[name] for one in single) / 3 for name in single[0]}
    assert measuring.means() == pytest.approx(expected, rel=1e-5)

    state.discriminator.train()
    before = {name: tensor.clone() for name, tensor in state.tensors().items()}
    measuring = GradientNorms(state, objective(pixel=0.5), Numerics())
    measuring.add(batches[0])
    assert all(torch.equal(before[name], now) for name, now in state.tensors().items())


@pytest.mark.parametrize("scale", [1.0, 1e4])
def test_balanced_weights_are_ratios_of_norms_whatever_the_scale_of_a_loss(
    state: State, batches: list[Batch], scale: float
):
    state.discriminator.eval()
    plain = objective(fidelity=1.0)
    scaled = Objective(
        {"fidelity": (1.0, lambda one, other: scale * squares(one, other))},
        plain.adversarial_loss,
        WEIGHT,
    )
    measuring = GradientNorms(state, scaled, Numerics())
    measuring.add(batches[0])
    logs = train_step(state, batches[0], balanced(scaled, measuring.means()), SECTION, Numerics())
    assert float(logs["ratio"]) == pytest.approx(WEIGHT, rel=1e-5)


def test_without_balance_the_ratio_is_that_of_the_weighted_norms(
    state: State, batches: list[Batch]
):
    state.discriminator.eval()
    norms = norms_by_hand(state, batches[0])
    logs = train_step(state, batches[0], objective(fidelity=2.0), SECTION, Numerics())
    expected = WEIGHT * norms["adversarial"] / (2 * norms["fidelity"])
    assert float(logs["ratio"]) == pytest.approx(expected, rel=1e-5)


def test_adaptive_is_equation_7_of_vqgan(state: State, batches: list[Batch]):
    """lambda = |others| / (|adversarial| + delta); the adversarial gradient is scaled by it."""
    state.discriminator.eval()
    other = deepcopy(state)
    norms = norms_by_hand(state, batches[0])
    factor = 2 * norms["fidelity"] / (norms["adversarial"] + 1e-6)
    logs = train_step(state, batches[0], objective(True, fidelity=2.0), SECTION, Numerics())
    assert float(logs["adaptive"]) == pytest.approx(factor, rel=1e-5)
    assert float(logs["ratio"]) == pytest.approx(WEIGHT, rel=1e-2)

    by_weight = Objective({"fidelity": (2.0, squares)}, LOSSES["bce"], WEIGHT * factor)
    train_step(other, batches[0], by_weight, SECTION, Numerics())
    for one, two in zip(state.generator.parameters(), other.generator.parameters(), strict=True):
        torch.testing.assert_close(one.grad, two.grad, rtol=1e-4, atol=1e-8)


def test_an_adversary_without_gradient_is_bounded(state: State, batches: list[Batch]):
    for parameter in state.discriminator[-1].parameters():
        parameter.data.zero_()
    logs = train_step(state, batches[0], objective(True, fidelity=1e6), SECTION, Numerics())
    assert (float(logs["adaptive"]), float(logs["ratio"])) == (1e4, 0)


def test_a_term_without_a_gradient_cannot_be_scaled():
    assert without_gradient({"pixel": 0.1, "fidelity": 0.0}) == "fidelity"
    assert without_gradient({"pixel": float("nan"), "fidelity": 1.0}) == "pixel"
    assert without_gradient({"pixel": 0.1}) is None


def test_an_untrained_adversary_cannot_be_balanced(study_values: dict):
    study_values["training"]["balance"] = "gradient"
    with pytest.raises(UserError, match=r"training.balance: gradient .* discriminator_warm_start"):
        parse_study(study_values, "params.yaml")
    study_values["grid"]["adversarial_weights"] = [0]
    assert parse_study(study_values, "params.yaml").training.balance == "gradient"
