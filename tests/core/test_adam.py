import subprocess
import sys
from copy import deepcopy

import pytest
import torch

from asymmetry.core.adam import Adam


def network(seed: int = 0) -> torch.nn.Module:
    torch.manual_seed(seed)
    return torch.nn.Sequential(torch.nn.Linear(3, 5), torch.nn.Tanh(), torch.nn.Linear(5, 1))


def descend(optimizer: torch.optim.Optimizer, model: torch.nn.Module, steps: int) -> None:
    x = torch.linspace(-1, 1, 30).reshape(10, 3)
    for _ in range(steps):
        optimizer.zero_grad()
        model(x).square().mean().backward()
        optimizer.step()


@pytest.mark.parametrize("options", [{}, {"fused": True, "betas": (0.9, 0.99)}, {"eps": 1e-4}])
def test_its_steps_are_torchs_bit_by_bit(options):
    ours, theirs = network(), network()
    mine = Adam(ours.parameters(), lr=0.01, **options)
    descend(mine, ours, 5)
    # Stopped and continued from its state.
    again = Adam(ours.parameters(), lr=0.01, **options)
    again.load_state_dict(deepcopy(mine.state_dict()))
    descend(again, ours, 5)
    descend(torch.optim.Adam(theirs.parameters(), lr=0.01, **options), theirs, 10)
    for one, other in zip(ours.parameters(), theirs.parameters(), strict=True):
        assert torch.equal(one, other)


def test_the_first_step_is_the_rate_whatever_the_gradient():
    """Kingma and Ba 2015, section 2.1."""
    weight = torch.nn.Parameter(torch.tensor([1.0, 2.0]))
    adam = Adam([weight], lr=0.1, eps=0)
    (weight * torch.tensor([3.0, -500.0])).sum().backward()
    adam.step()
    assert torch.allclose(weight.detach(), torch.tensor([0.9, 2.1]))


def test_torchs_compiler_is_not_imported():
    code = """
import sys, torch
from asymmetry.core.adam import Adam
weight = torch.nn.Parameter(torch.ones(3))
adam = Adam([weight], fused=True)
schedule = torch.optim.lr_scheduler.CosineAnnealingLR(adam, 3)
weight.sum().backward()
adam.step()
schedule.step()
adam.zero_grad()
adam.load_state_dict(adam.state_dict())
print("torch._dynamo" in sys.modules)
"""
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True)
    assert done.stdout.strip() == "False", done.stderr
