from math import exp, log
from typing import get_args

import pytest
import torch
from torch import Tensor, tensor
from torch.nn.functional import binary_cross_entropy_with_logits, mse_loss

from asymmetry.discriminators.losses import LOSSES
from asymmetry.study import Training

ZERO = torch.zeros(4, 1, 3, 3)
REAL = tensor([[2.0], [-0.5], [0.3]])
FAKE = tensor([[-1.5], [0.7], [0.0]])


def discriminator_loss(kind: str, real: Tensor, fake: Tensor) -> Tensor:
    return LOSSES[kind].discriminator(real, fake)


def generator_loss(kind: str, fake: Tensor, real: Tensor) -> Tensor:
    return LOSSES[kind].generator(fake, real)


def test_there_is_a_loss_for_every_kind_that_a_study_may_name():
    assert set(LOSSES) == set(get_args(Training.model_fields["adversarial_loss"].annotation))


@pytest.mark.parametrize(
    ("kind", "discriminator", "generator"),
    [
        ("bce", 2 * log(2), log(2)),  # log 4: Goodfellow et al. 2014, theorem 1
        ("lsgan", 0.5, 0.5),
        ("hinge", 2.0, 0.0),
        ("relativistic", 2 * log(2), 2 * log(2)),
    ],
)
def test_undecided_logits_give_the_closed_form(kind, discriminator, generator):
    assert discriminator_loss(kind, ZERO, ZERO).item() == pytest.approx(discriminator)
    assert generator_loss(kind, ZERO, ZERO).item() == pytest.approx(generator)


def bce_by_torch(real, fake):
    one, zero = torch.ones_like(real), torch.zeros_like(real)
    cross_entropy = binary_cross_entropy_with_logits
    return cross_entropy(real, one) + cross_entropy(fake, zero), cross_entropy(fake, one)


def lsgan_by_torch(real, fake):
    one, zero = torch.ones_like(real), torch.zeros_like(real)
    return (mse_loss(real, one) + mse_loss(fake, zero)) / 2, mse_loss(fake, one) / 2


def relativistic_by_torch(real, fake):
    one, zero = torch.ones_like(real), torch.zeros_like(real)
    better, worse = real - fake.mean(), fake - real.mean()
    cross_entropy = binary_cross_entropy_with_logits
    return (
        cross_entropy(better, one) + cross_entropy(worse, zero),
        cross_entropy(better, zero) + cross_entropy(worse, one),
    )


@pytest.mark.parametrize(
    ("kind", "expected"),
    [
        ("bce", bce_by_torch(REAL, FAKE)),
        ("lsgan", lsgan_by_torch(REAL, FAKE)),
        # real: (0 + 1.5 + 0.7) / 3, fake: (0 + 1.7 + 1) / 3, generator: -(-0.8) / 3
        ("hinge", (tensor(2.2 / 3 + 2.7 / 3), tensor(0.8 / 3))),
        ("relativistic", relativistic_by_torch(REAL, FAKE)),
    ],
)
def test_known_logits_agree_with_an_independent_formula(kind, expected):
    torch.testing.assert_close(discriminator_loss(kind, REAL, FAKE), expected[0])
    torch.testing.assert_close(generator_loss(kind, FAKE, REAL), expected[1])


def test_bce_slopes_are_those_of_the_logistic_function():
    fake = tensor([1.0], requires_grad=True)
    (slope,) = torch.autograd.grad(generator_loss("bce", fake, REAL), fake)
    assert slope.item() == pytest.approx(-1 / (1 + exp(1)))


@pytest.mark.parametrize("kind", LOSSES)
def test_huge_logits_stay_finite(kind):
    for real, fake in ((1e4, -1e4), (-1e4, 1e4)):
        assert discriminator_loss(kind, tensor([real]), tensor([fake])).isfinite()
        assert generator_loss(kind, tensor([fake]), tensor([real])).isfinite()


@pytest.mark.parametrize("kind", LOSSES)
def test_telling_real_from_fake_lowers_one_loss_and_raises_the_other(kind):
    real, fake = tensor([0.8]), tensor([-0.8])
    assert discriminator_loss(kind, real, fake) < discriminator_loss(kind, fake, real)
    assert generator_loss(kind, fake, real) > generator_loss(kind, real, fake)


@pytest.mark.parametrize("kind", LOSSES)
def test_a_map_of_logits_counts_as_its_mean(kind):
    as_map = discriminator_loss(kind, REAL.view(1, 1, 3, 1), FAKE.view(1, 1, 3, 1))
    torch.testing.assert_close(as_map, discriminator_loss(kind, REAL, FAKE))
