"""Adversarial losses: what a discriminator and a generator minimise, from raw logits.

Logits may have any shape, one an image or a map of them; every expectation is their plain mean.
"""

from collections.abc import Callable
from typing import NamedTuple

from torch import Tensor
from torch.nn.functional import relu, softplus


class AdversarialLoss(NamedTuple):
    """What the two networks minimise, each a scalar of raw logits."""

    discriminator: Callable[[Tensor, Tensor], Tensor]
    """Of (real, fake) logits."""
    generator: Callable[[Tensor, Tensor], Tensor]
    """Of (fake, real) logits, before the adversarial weight."""


def _bce_discriminator(real: Tensor, fake: Tensor) -> Tensor:
    # softplus(-x) = -log sigmoid(x), and softplus(x) = -log(1 - sigmoid(x)).
    return softplus(-real).mean() + softplus(fake).mean()


def _bce_generator(fake: Tensor, _real: Tensor) -> Tensor:
    return softplus(-fake).mean()


def _lsgan_discriminator(real: Tensor, fake: Tensor) -> Tensor:
    return ((real - 1).square().mean() + fake.square().mean()) / 2


def _lsgan_generator(fake: Tensor, _real: Tensor) -> Tensor:
    return (fake - 1).square().mean() / 2


def _hinge_discriminator(real: Tensor, fake: Tensor) -> Tensor:
    return relu(1 - real).mean() + relu(1 + fake).mean()


def _hinge_generator(fake: Tensor, _real: Tensor) -> Tensor:
    return -fake.mean()


def _relativistic_discriminator(real: Tensor, fake: Tensor) -> Tensor:
    return _bce_discriminator(real - fake.mean(), fake - real.mean())


def _relativistic_generator(fake: Tensor, real: Tensor) -> Tensor:
    return _bce_discriminator(fake - real.mean(), real - fake.mean())


LOSSES: dict[str, AdversarialLoss] = {
    # Goodfellow et al. 2014, equation 1, with the non-saturating generator of section 3.
    "bce": AdversarialLoss(_bce_discriminator, _bce_generator),
    # Mao et al. 2017, equation 9: targets 0 for fake, 1 for real and for the generator.
    "lsgan": AdversarialLoss(_lsgan_discriminator, _lsgan_generator),
    # Lim and Ye 2017; Miyato et al. 2018, equations 16 and 17.
    "hinge": AdversarialLoss(_hinge_discriminator, _hinge_generator),
    # Wang et al. 2018 (ESRGAN), equations 1 and 2: relativistic average; its code halves both.
    "relativistic": AdversarialLoss(_relativistic_discriminator, _relativistic_generator),
}
