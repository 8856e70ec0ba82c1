from pathlib import Path

import pytest
import torch
from torch import nn

from asymmetry.backbones.catalog import BACKBONES
from asymmetry.backbones.registry import build_backbone
from asymmetry.core.errors import UserError
from asymmetry.weights.store import WEIGHTS

SMALL = ["vgg-small", "resnet-small", "vit-small", "unet-small"]


def on_meta(name: str):
    """A backbone that has shapes but no numbers, and so costs nothing."""
    with torch.device("meta"):
        return build_backbone(name, weights=None).eval()


def total(backbone: nn.Module) -> int:
    return sum(parameter.numel() for parameter in backbone.parameters())


@pytest.mark.parametrize("name", BACKBONES)
@pytest.mark.parametrize("size", [(16, 16), (64, 64), (50, 37), (97, 224)])
def test_stages_have_the_declared_channels_and_strides(name: str, size: tuple[int, int]):
    backbone = on_meta(name)
    stages = backbone(torch.empty(2, 3, *size, device="meta"))
    assert len(stages) == len(backbone.channels) == len(backbone.strides)
    smallest = BACKBONES[name].options.get("smallest", 1)
    for stage, channels, stride in zip(stages, backbone.channels, backbone.strides, strict=True):
        assert stage.shape[:2] == (2, channels)
        for side, whole in zip(stage.shape[2:], size, strict=True):
            assert side >= 1
            # Networks without padding lose a row or two at each of their strides.
            assert abs(side - max(whole, smallest) / stride) < 2


@pytest.mark.parametrize(
    ("name", "published"),
    [
        # torchvision's counts less those of the classifiers (1000 classes).
        ("vgg16", 138_357_544 - (25088 * 4096 + 4096) - (4096 * 4096 + 4096) - 4_097_000),
        ("alexnet", 61_100_840 - (9216 * 4096 + 4096) - (4096 * 4096 + 4096) - 4_097_000),
        ("squeezenet", 1_235_496 - 513_000),
        ("resnet18", 11_689_512 - 513_000),
        ("resnet50", 25_557_032 - 2_049_000),
        ("convnext-tiny", 28_589_128 - 769_000 - 2 * 768),
        ("swin-tiny", 28_288_354 - 769_000 - 2 * 768),
    ],
)
def test_parameters_are_those_published(name: str, published: int):
    assert total(on_meta(name)) == published


@pytest.mark.parametrize("name", SMALL)
def test_small_ones_are_small_and_without_batch_statistics(name: str):
    backbone = on_meta(name)
    assert 30_000 <= total(backbone) <= 100_000
    assert not any(isinstance(module, nn.BatchNorm2d) for module in backbone.modules())


@pytest.mark.parametrize("name", SMALL)
def test_any_size_runs_and_every_weight_gets_a_gradient(name: str):
    backbone = build_backbone(name, weights=None)
    sum(stage.square().sum() for stage in backbone(torch.rand(2, 3, 23, 40))).backward()
    for key, parameter in backbone.named_parameters():
        assert parameter.grad is not None, key
        assert parameter.grad.isfinite().all(), key


@pytest.mark.parametrize("name", [*SMALL, "efficientnet-lite0", "squeezenet"])
def test_random_weights_are_counted(name: str):
    state = torch.random.get_rng_state()
    first, again, other = (build_backbone(name, weights=None, seed=s) for s in (1, 1, 2))
    assert torch.equal(torch.random.get_rng_state(), state)
    same, differ = first.state_dict(), other.state_dict()
    assert all(torch.equal(same[key], value) for key, value in again.state_dict().items())
    assert any(not torch.equal(same[key], value) for key, value in differ.items())


def test_seed_zero_is_a_seed():
    zero, one = (build_backbone("vgg-small", weights=None, seed=seed) for seed in (0, 1))
    assert not torch.equal(zero.body[0].weight, one.body[0].weight)


def test_random_ending_is_random_beside_weights(tmp_path: Path):
    named = build_backbone("efficientnet-lite0-random", weights=tmp_path)
    scratch = build_backbone("efficientnet-lite0", weights=None)
    pretrained = build_backbone("efficientnet-lite0", weights=tmp_path)
    assert torch.equal(named.body.stem.weight, scratch.body.stem.weight)
    assert not torch.equal(named.body.stem.weight, pretrained.body.stem.weight)


def test_missing_weights_are_one_line(tmp_path: Path):
    with pytest.raises(UserError, match="missing; run `asymmetry weights get resnet50`"):
        build_backbone("resnet50", weights=tmp_path)


def test_unknown_names_and_names_without_weights_are_refused(tmp_path: Path):
    with pytest.raises(UserError, match="did you mean 'resnet50'"):
        build_backbone("resnet-50", weights=None)
    with pytest.raises(UserError, match=r"no pretrained weights .* use vgg-small-random"):
        build_backbone("vgg-small", weights=tmp_path)


def test_every_named_weight_is_in_the_manifest():
    assert {spec.weights for spec in BACKBONES.values() if spec.weights} <= WEIGHTS.keys()
