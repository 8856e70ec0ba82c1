"""Networks that draw no random numbers in training: such draws would not be counted.

A resumed training has no generator state to restore, so all that changes its bytes comes from the
seed and the step. Dropout and stochastic depth draw from the global state.
"""

import random

import torch
from torch import Tensor, nn
from torch.nn.modules.dropout import _DropoutNd

CHANGES_NUMBERS = True
# What libraries call the rates of their own kinds: timm, HAT, SwinIR; OmniSR, patches; AuraSR.
_RATES = ("drop_prob", "prob", "dropout")


def without_draws(network: nn.Module) -> nn.Module:
    """`network` with every known rate of dropout and of stochastic depth at zero, in place."""
    for module in network.modules():
        if isinstance(module, _DropoutNd):
            module.p = 0.0
        for name in _RATES:
            if isinstance(getattr(module, name, None), float):
                setattr(module, name, 0.0)
    return network


def draws_numbers(network: nn.Module, image: Tensor) -> bool:
    """Whether a pass in training mode draws from a global random state, torch's or Python's.

    The states and the mode stay as they were.
    """
    before, mode = random.getstate(), network.training
    with torch.random.fork_rng(devices=[]), torch.no_grad():
        state = torch.random.get_rng_state()
        network.train()(image)
        drawn = not torch.equal(torch.random.get_rng_state(), state)
    network.train(mode)
    drawn |= random.getstate() != before
    random.setstate(before)
    return drawn
