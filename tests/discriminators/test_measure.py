from pathlib import Path

import pytest

from asymmetry.discriminators.build import build_discriminator
from asymmetry.discriminators.contract import Size
from asymmetry.discriminators.measure import measure_size
from asymmetry.planning.discriminator_sizes import CACHE, size_of
from asymmetry.study import Discriminator as Spec

CROP = 128


def field(*layers: tuple[int, int]) -> int:
    """The receptive field of layers of (kernel, stride), by the textbook's recursion."""
    size, jump = 1, 1
    for kernel, stride in layers:
        size += (kernel - 1) * jump
        jump *= stride
    return size


CONV, POOL, HEAD = (3, 1), (2, 2), (3, 1)


@pytest.mark.parametrize(
    ("backbone", "layers"),
    [
        # The 3x3 windows of L2 pooling are DISTS's; a discriminator's VGG has its 2x2 max-pools.
        ("vgg-small", [CONV, POOL, CONV, POOL, CONV, POOL, CONV]),
        ("alexnet", [(11, 4), (3, 2), (5, 1)]),
        # A fire module sees through its 3x3 expansion.
        ("squeezenet", [(3, 2), (3, 2), CONV, CONV, (3, 2), CONV, CONV]),
        ("resnet18", [(7, 2), (3, 2), *[CONV] * 4, (3, 2), *[CONV] * 3]),
        ("efficientnet-lite0", [(3, 2), CONV, (3, 2), CONV, (5, 2), (5, 1)]),
        ("unet-small", [CONV, *[(4, 2)] * 3]),
    ],
)
def test_what_a_logit_of_a_convolutional_patch_discriminator_sees(backbone, layers):
    found = measure_size(Spec(backbone=backbone, head="patch"), CROP)
    assert found.receptive_field == field(*layers, HEAD)


def test_group_statistics_do_not_count():
    # The deep stem (three 3x3, of which the first halves), the pool, two groups of one block.
    layers = [(3, 2), CONV, CONV, (3, 2), CONV, CONV, (3, 2), CONV, HEAD]
    found = measure_size(Spec(backbone="resnet-small", head="patch"), CROP)
    assert found.receptive_field == field(*layers)


@pytest.mark.parametrize("backbone", ["vgg-small", "vit-small"])
def test_a_vanilla_logit_sees_the_whole_crop(backbone):
    assert measure_size(Spec(backbone=backbone, head="vanilla"), 64).receptive_field == 64


def test_every_patch_of_a_transformer_sees_the_whole_crop():
    assert measure_size(Spec(backbone="vit-small", head="patch"), 64).receptive_field == 64


def test_a_field_is_no_larger_than_the_crop():
    assert measure_size(Spec(backbone="vgg-small", head="patch"), 32).receptive_field == 32


@pytest.mark.slow
def test_the_outermost_pixels_of_a_convnext_are_found():
    # A 4x4 stem, three 7x7, a 2x2 that halves, three 7x7.
    layers = [(4, 4), *[(7, 1)] * 3, POOL, *[(7, 1)] * 3, HEAD]
    found = measure_size(Spec(backbone="convnext-tiny", head="patch"), 256)
    assert found.receptive_field == field(*layers) == 240


def convolution(channels: int, filters: int, kernel: int = 3) -> int:
    return (channels * kernel**2 + 1) * filters


def test_parameters_are_those_that_the_logits_depend_on():
    trunk = convolution(3, 16) + convolution(16, 32) + convolution(32, 64) + convolution(64, 64)
    patch = trunk + convolution(64, 64) + convolution(64, 1, 1)
    assert measure_size(Spec(backbone="vgg-small", head="patch"), 64) == Size(patch, patch, 54)
    whole = measure_size(Spec(backbone="resnet-small", head="vanilla"), 64)
    part = measure_size(Spec(backbone="resnet-small", head="vanilla", stride=8), 64)
    spec = Spec(backbone="resnet-small", head="vanilla")
    built = build_discriminator(spec, 0, Path())
    assert whole.parameters == sum(p.numel() for p in built.parameters())
    deepest = sum(p.numel() for p in built.trunk.body.layer3.parameters())
    # The last stage has 64 channels, that of stride 8 half of them: so has the head's first layer.
    assert part.parameters == whole.parameters - deepest - 32 * 64


def test_of_a_frozen_trunk_the_head_alone_is_trained():
    found = measure_size(Spec(backbone="efficientnet-lite0", head="patch"), 64, frozen=True)
    assert found.trained_parameters == convolution(40, 64) + convolution(64, 1, 1)
    assert found.parameters > found.trained_parameters


def test_heads_can_be_compared_at_one_stage_and_one_size():
    patch = measure_size(Spec(backbone="vgg16", head="patch", width=64), 64)
    vanilla = measure_size(Spec(backbone="vgg16", head="vanilla", stride=8, width=575), 64)
    assert vanilla.parameters == pytest.approx(patch.parameters, rel=1e-4)


def test_a_size_is_measured_once(workplace: Path, monkeypatch: pytest.MonkeyPatch):
    spec = Spec(backbone="vgg-small", head="patch")
    first = size_of(spec, 64)
    assert CACHE.is_file()
    monkeypatch.setattr("asymmetry.discriminators.measure.measure_size", lambda *_: Size(1, 1, 1))
    assert size_of(spec, 64) == first
    assert size_of(spec, 32) == Size(1, 1, 1)
