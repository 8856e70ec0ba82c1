from copy import deepcopy

import pytest
import torch
from torch import nn

from asymmetry.backbones.catalog import BACKBONES, RANDOM
from asymmetry.backbones.contract import Backbone
from asymmetry.backbones.frozen import freeze
from asymmetry.backbones.registry import build_backbone


def trained(name: str) -> Backbone:
    """A trunk whose normalisation has other statistics and scales in each channel."""
    trunk = build_backbone(f"{name}{RANDOM}", weights=None)
    draws = torch.Generator().manual_seed(0)
    for norm in (m for m in trunk.modules() if isinstance(m, nn.BatchNorm2d)):
        for tensor in (norm.running_mean, norm.bias.data):
            tensor.copy_(torch.randn(tensor.shape, generator=draws) / 10)
        for tensor in (norm.running_var, norm.weight.data):
            tensor.copy_(torch.rand(tensor.shape, generator=draws) + 0.5)
    return trunk.eval()


@pytest.mark.parametrize("name", ["efficientnet-lite0", "resnet18", "resnet50"])
def test_a_frozen_trunk_gives_the_maps_of_its_normalisation(name: str):
    trunk = trained(name)
    frozen = freeze(deepcopy(trunk))
    image = torch.rand(2, 3, 64, 64, generator=torch.Generator().manual_seed(0))
    with torch.no_grad():
        pairs = list(zip(frozen(image), trunk(image), strict=True))
    for stage, expected in pairs:
        torch.testing.assert_close(stage, expected, rtol=1e-4, atol=1e-5 * expected.abs().max())
    assert not any(isinstance(module, nn.BatchNorm2d) for module in frozen.modules())


def test_every_trunk_with_batch_normalisation_is_folded():
    with_statistics = {"efficientnet-lite0", "resnet18", "resnet50"}
    large = {"clip-vit-b32", "dinov2-vits14", "swin-tiny", "convnext-tiny", "vgg16"}
    for name in BACKBONES.keys() - with_statistics - large:
        modules = build_backbone(f"{name}{RANDOM}", weights=None).modules()
        assert not any(isinstance(module, nn.BatchNorm2d) for module in modules), name


def test_a_frozen_trunk_lets_the_gradient_through_and_has_none():
    frozen = freeze(build_backbone("vgg-small", weights=None))
    image = torch.rand(1, 3, 16, 16, requires_grad=True)
    frozen(image)[-1].sum().backward()
    assert image.grad is not None
    assert image.grad.abs().max() > 0
    assert not any(parameter.requires_grad for parameter in frozen.parameters())


def test_what_is_not_said_to_be_foldable_is_left_alone():
    # The scale does not commute with what is between: a fold would be another network.
    trunk = trained("resnet18")
    trunk.foldable = False
    assert any(isinstance(module, nn.BatchNorm2d) for module in freeze(trunk).modules())
