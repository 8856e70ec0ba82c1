import random

import pytest
import torch
from torch import Tensor, nn

from asymmetry.core.still import draws_numbers, without_draws

IMAGE = torch.rand(2, 3, 8, 8)


class Rate(nn.Module):
    """A branch that is dropped at a rate of its own."""

    def __init__(self, name: str) -> None:
        super().__init__()
        setattr(self, name, 0.5)
        self.name = name

    def forward(self, image: Tensor) -> Tensor:
        rate = getattr(self, self.name)
        if not (self.training and rate):
            return image
        return image * (torch.rand(len(image), 1, 1, 1) > rate)


class Die(nn.Module):
    def forward(self, image: Tensor) -> Tensor:
        return image + random.random()


@pytest.mark.parametrize(
    "network",
    [nn.Dropout(0.5), nn.Dropout2d(0.1), nn.AlphaDropout(0.5)]
    + [Rate(name) for name in ("drop_prob", "prob", "dropout")],
)
def test_known_rates_become_zero(network: nn.Module):
    body = nn.Sequential(nn.Conv2d(3, 3, 1), network)
    assert draws_numbers(body, IMAGE)
    assert not draws_numbers(without_draws(body), IMAGE)
    assert torch.equal(body.train()(IMAGE), body.eval()(IMAGE))


def test_other_draws_are_seen_and_no_state_moves():
    still = nn.Conv2d(3, 3, 1)
    torch.manual_seed(3)
    random.seed(3)
    before = torch.random.get_rng_state(), random.getstate()
    assert draws_numbers(Die(), IMAGE)
    assert draws_numbers(nn.RReLU(), IMAGE - 0.5)
    assert not draws_numbers(still, IMAGE)
    assert torch.equal(torch.random.get_rng_state(), before[0])
    assert random.getstate() == before[1]
