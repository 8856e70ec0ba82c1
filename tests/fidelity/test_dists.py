from pathlib import Path
from types import SimpleNamespace

import pytest
import torch
from hypothesis import given, settings
from hypothesis import strategies as st
from torch import nn

from asymmetry.backbones.registry import build_backbone
from asymmetry.fidelity.dists import STABILITY, Dists, L2Pool, similarity, with_l2_pooling
from asymmetry.fidelity.registry import build_fidelity


@settings(deadline=None)
@given(st.floats(-2, 2), st.floats(-1, 1))
def test_closed_form_for_a_linear_change(gain: float, offset: float):
    x = torch.linspace(-1, 2, 64, dtype=torch.float64).view(1, 1, 8, 8)
    mean, variance = x.mean().item(), x.var(correction=0).item()
    other = gain * mean + offset
    s1 = (2 * mean * other + STABILITY) / (mean**2 + other**2 + STABILITY)
    s2 = (2 * gain * variance + STABILITY) / ((1 + gain**2) * variance + STABILITY)
    assert similarity(x, gain * x + offset).flatten().tolist() == pytest.approx([s1, s2], abs=1e-9)


def test_tiny_variance_on_a_large_mean_keeps_its_digits():
    ripple = torch.tensor([1e-2, -1e-2]).repeat(32).view(1, 1, 8, 8)
    s1, s2 = similarity(100 + ripple, 100 - ripple).flatten().tolist()
    assert s1 == pytest.approx(1, abs=1e-6)
    assert s2 == pytest.approx((-2e-4 + 1e-6) / (2e-4 + 1e-6), rel=1e-2)


def test_l2_pooling_by_hand():
    """The Hanning window of five without its zero ends is (.5, 1, .5) in each direction, over 4."""
    x = torch.rand(1, 2, 6, 6)
    row = torch.tensor([0.25, 0.5, 0.25])
    square = x[:, :, 1:4, 3:6] ** 2  # around position (2, 4), which is output (1, 2)
    expected = torch.einsum("bcij,i,j->bc", square, row, row).sqrt()
    torch.testing.assert_close(L2Pool()(x)[:, :, 1, 2], expected)


def test_only_the_pools_of_vgg_are_replaced():
    def pools(name: str, kind: type[nn.Module]) -> int:
        with torch.device("meta"):
            backbone = with_l2_pooling(build_backbone(name, weights=None))
        return sum(isinstance(module, kind) for module in backbone.modules())

    assert (pools("vgg16", L2Pool), pools("vgg16", nn.MaxPool2d)) == (4, 0)
    assert (pools("squeezenet", L2Pool), pools("squeezenet", nn.MaxPool2d)) == (0, 3)


def test_the_image_is_the_first_stage_and_all_channels_weigh_the_same():
    backbone = build_backbone("vit-small", weights=None).eval()
    x, y = torch.rand(1, 3, 32, 32), torch.rand(1, 3, 32, 32)
    stages = [(x, y), *zip(backbone(x), backbone(y), strict=True)]
    terms = torch.cat([similarity(a, b).flatten() for a, b in stages])
    assert len(terms) == 2 * (3 + 4 * 48)
    even = torch.ones(3 + 4 * 48)
    ours = Dists(backbone, even, even)(x, y).item()
    assert ours == pytest.approx(1 - terms.mean().item(), abs=1e-6)


@pytest.fixture
def authors(monkeypatch: pytest.MonkeyPatch) -> nn.Module:
    """pyiqa holds the authors' code; it is given our random VGG-16, and alpha and beta by draw."""
    from pyiqa.archs import dists_arch

    features = build_backbone("vgg16", weights=None).body
    monkeypatch.setattr(
        dists_arch.models, "vgg16", lambda weights: SimpleNamespace(features=features)
    )
    return dists_arch.DISTS(pretrained=False)


def pair() -> tuple[torch.Tensor, torch.Tensor]:
    return torch.rand(2, 3, 64, 48), torch.rand(2, 3, 64, 48)


@pytest.mark.slow
def test_equals_the_authors_network_with_even_weights(authors: nn.Module):
    nn.init.constant_(authors.alpha, 0.1)
    nn.init.constant_(authors.beta, 0.1)
    x, y = pair()
    ours = build_fidelity("dists-vgg16-random", Path("nowhere"))
    torch.testing.assert_close(ours(x, y), authors(x, y).flatten(), rtol=1e-4, atol=1e-6)


@pytest.mark.slow
def test_dists_is_the_authors_network(authors: nn.Module, monkeypatch: pytest.MonkeyPatch):
    nn.init.uniform_(authors.alpha)
    nn.init.uniform_(authors.beta)
    fitted = {"alpha": authors.alpha.detach(), "beta": authors.beta.detach()}
    trunk = build_backbone("vgg16", weights=None)
    monkeypatch.setattr("asymmetry.fidelity.dists.load_state", lambda name, folder: fitted)
    monkeypatch.setattr("asymmetry.fidelity.dists.build_backbone", lambda name, weights: trunk)
    x, y = pair()
    ours = build_fidelity("dists", Path("nowhere"))
    torch.testing.assert_close(ours(x, y), authors(x, y).flatten(), rtol=1e-4, atol=1e-6)


def test_a_random_backbone_is_the_same_each_time(tmp_path: Path):
    x, y = torch.rand(1, 3, 32, 32), torch.rand(1, 3, 32, 32)
    first, again = (build_fidelity("dists-vgg-small-random", tmp_path)(x, y) for _ in range(2))
    assert torch.equal(first, again)


def test_texture_forgives_a_shift_more_than_pixels_do(tmp_path: Path):
    """What the family is for: a shifted texture is nearer than its blurred self, unlike in MSE."""
    texture = torch.rand(1, 3, 64, 64, generator=torch.Generator().manual_seed(0))
    shifted = texture.roll(8, dims=3)
    blurred = nn.functional.avg_pool2d(texture, 9, stride=1, padding=4)
    dists, mse = (
        build_fidelity("dists-efficientnet-lite0", tmp_path),
        build_fidelity("mse", tmp_path),
    )
    assert dists(shifted, texture) < dists(blurred, texture)
    assert mse(shifted, texture) > mse(blurred, texture)
