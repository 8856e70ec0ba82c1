import math
from pathlib import Path

import numpy as np
import pytest
import torch

from asymmetry.core.errors import UserError
from asymmetry.fidelity import contextual
from asymmetry.fidelity.contextual import similarity
from asymmetry.fidelity.registry import build_fidelity


def by_the_paper(x: np.ndarray, y: np.ndarray) -> float:
    """CX of features [N, C], equation by equation, h = 0.5 and epsilon = 1e-5."""
    x, y = x - y.mean(axis=0), y - y.mean(axis=0)
    count = len(x)
    distance = np.empty((count, count))
    for i in range(count):
        for j in range(count):
            cosine = x[i] @ y[j] / np.linalg.norm(x[i]) / np.linalg.norm(y[j])
            distance[i, j] = 1 - cosine
    relative = distance / (distance.min(axis=1, keepdims=True) + 1e-5)
    weight = np.exp((1 - relative) / 0.5)
    contextual = weight / weight.sum(axis=1, keepdims=True)
    return contextual.max(axis=0).mean()


def test_is_what_the_paper_says():
    x, y = (np.random.default_rng(seed).random((2, 12, 5)) for seed in (1, 2))
    ours = similarity(*(torch.from_numpy(features).mT for features in (x, y)))
    assert ours.tolist() == pytest.approx([by_the_paper(*pair) for pair in zip(x, y, strict=True)])


def test_features_that_moved_are_alike():
    features = torch.rand(1, 6, 20, dtype=torch.float64, generator=torch.Generator().manual_seed(0))
    moved = features[..., torch.randperm(20)]
    assert float(similarity(moved, features)) == pytest.approx(1)


def test_flat_features_are_told_from_nothing():
    flat = torch.ones(1, 3, 8)
    assert float(similarity(flat, flat)) == pytest.approx(1 / 8)


@pytest.fixture(scope="module")
def loss():
    return build_fidelity("contextual-vgg-small-random", Path("nowhere"))


def test_the_stages_of_stride_4_and_more_count(loss):
    x, y = (torch.rand(2, 3, 32, 48, generator=torch.Generator().manual_seed(n)) for n in (1, 2))
    pairs = list(zip(loss.trunk(x), loss.trunk(y), strict=True))[2:]
    assert loss.trunk.strides == (1, 2, 4, 8)
    terms = [-similarity(a.flatten(2), b.flatten(2)).log() for a, b in pairs]
    torch.testing.assert_close(loss(x, y), torch.stack(terms).mean(dim=0))
    torch.testing.assert_close(loss(x, x), torch.zeros(2), atol=1e-6, rtol=0)


def test_a_large_stage_is_sampled_and_every_pixel_has_a_gradient(loss):
    reference = torch.rand(1, 3, 144, 136, generator=torch.Generator().manual_seed(0))
    assert [features.shape[2] for features in loss.features(reference)] == [18 * 17, 18 * 17]
    restored = reference.flip(3).requires_grad_()
    loss(restored, reference).sum().backward()
    assert restored.grad.isfinite().all()
    assert (restored.grad != 0).float().mean() > 0.9


@pytest.mark.parametrize("level", [0.0, 0.5])
def test_gradient_is_finite_on_equal_and_on_flat_images(loss, level: float):
    reference = torch.rand(1, 3, 32, 32, generator=torch.Generator().manual_seed(0))
    flat = torch.full_like(reference, level)
    for start, goal in [(reference, reference), (flat, flat), (flat, reference), (reference, flat)]:
        start = start.clone().requires_grad_()
        value = loss(start, goal)
        value.sum().backward()
        assert 0 <= value.item() <= math.log(64) + 1e-4
        assert start.grad.isfinite().all()


def test_a_backbone_of_fine_stages_alone_is_a_line(monkeypatch: pytest.MonkeyPatch):
    trunk = torch.nn.Identity()
    trunk.strides = (1, 2)
    monkeypatch.setattr(contextual, "build_backbone", lambda *_, **__: trunk)
    with pytest.raises(UserError, match=r"contextual-fine: .* has no stage of stride 4 or more"):
        contextual.build("fine", Path())
