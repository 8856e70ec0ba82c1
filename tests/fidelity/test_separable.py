"""A loss whose work on the reference is done apart has the same bits as the whole."""

from pathlib import Path

import pytest
import torch
from torch import Tensor, nn

from asymmetry.fidelity.lpips import Lpips
from asymmetry.fidelity.registry import build_fidelity
from asymmetry.metrics.separable import Separable
from asymmetry.training.shared_inputs import once_a_reference


class Trunk(nn.Module):
    """Two stages of fixed random convolutions."""

    foldable = False

    def __init__(self) -> None:
        super().__init__()
        torch.manual_seed(0)
        self.layers = nn.ModuleList([nn.Conv2d(3, 8, 3, 2), nn.Conv2d(8, 4, 3, 2)])

    def forward(self, images: Tensor) -> list[Tensor]:
        first = self.layers[0](images).relu()
        return [first, self.layers[1](first).relu()]


def losses() -> dict[str, Separable]:
    names = ["dists-vgg-small-random", "dists-vit-small-random"]
    found = {name: build_fidelity(name, Path()) for name in names}
    found["lpips"] = Lpips(Trunk(), [torch.rand(1, n, 1, 1) for n in (8, 4)])  # type: ignore[arg-type]
    return {name: loss for name, loss in found.items() if isinstance(loss, Separable)}


@pytest.mark.parametrize("name", ["dists-vgg-small-random", "dists-vit-small-random", "lpips"])
def test_value_and_gradient_have_the_same_bits(name: str):
    loss = losses()[name]
    shared = once_a_reference(loss)
    reference = torch.rand(2, 3, 48, 48)
    for _ in range(3):
        results = []
        restored = torch.rand(2, 3, 48, 48)
        for one in (loss, shared):
            output = restored.clone().requires_grad_()
            value = one(output, reference)
            (gradient,) = torch.autograd.grad(value.sum(), output)
            results.append((value, gradient))
        assert all(map(torch.equal, *results))


def test_another_reference_is_not_taken_for_the_last():
    loss = losses()["lpips"]
    shared = once_a_reference(loss)
    restored = torch.rand(1, 3, 48, 48)
    for _ in range(3):
        reference = torch.rand(1, 3, 48, 48)
        assert torch.equal(shared(restored, reference), loss(restored, reference))
    assert shared(reference, reference).item() == 0
