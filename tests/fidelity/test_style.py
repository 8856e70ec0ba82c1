from pathlib import Path

import pytest
import torch

from asymmetry.fidelity.registry import build_fidelity
from asymmetry.fidelity.style import gram


def test_equations_3_and_4_by_hand():
    """Two channels of two pixels: G is their products; E is sum (G - A)^2 / (4 N^2 M^2)."""
    x = torch.tensor([[1.0, 2.0], [3.0, -1.0]]).view(1, 2, 1, 2)
    y = torch.tensor([[0.0, 1.0], [1.0, 1.0]]).view(1, 2, 1, 2)
    products, others = torch.tensor([[5.0, 1], [1, 10]]), torch.tensor([[1.0, 1], [1, 2]])
    torch.testing.assert_close(gram(x)[0] * 2, products)
    torch.testing.assert_close(gram(y)[0] * 2, others)
    expected = ((products - others) ** 2).sum() / (4 * 2**2 * 2**2)
    assert (gram(x) - gram(y)).square().mean() / 4 == pytest.approx(float(expected))


def test_stages_weigh_alike():
    loss = build_fidelity("style-vgg-small-random", Path("nowhere"))
    x, y = (torch.rand(2, 3, 32, 48, generator=torch.Generator().manual_seed(n)) for n in (1, 2))
    terms = []
    for a, b in zip(loss.trunk(x), loss.trunk(y), strict=True):
        _, n, height, width = a.shape
        grams = (torch.einsum("bihw,bjhw->bij", stage, stage) for stage in (a, b))
        square = torch.sub(*grams).square().sum(dim=(1, 2))
        terms.append(square / (4 * n**2 * (height * width) ** 2))
    torch.testing.assert_close(loss(x, y), torch.stack(terms).mean(dim=0))
    assert loss(x, x).tolist() == [0, 0]


def test_places_do_not_count():
    stage = torch.rand(1, 4, 6, 6)
    moved = stage.flatten(2)[..., torch.randperm(36)].view(1, 4, 6, 6)
    torch.testing.assert_close(gram(moved), gram(stage))
