import pytest
import torch

from asymmetry.discriminators.heads import PATCH_STRIDE, PatchHead, VanillaHead, head_stage
from asymmetry.discriminators.unet import PixelHead


@pytest.mark.parametrize(
    ("strides", "stage"),
    [
        ((1, 2, 4, 8, 16), 3),  # VGG
        ((2, 4, 8, 16, 32), 2),  # ResNet
        ((8, 8, 8), 2),  # a small ViT: its last block
        ((14, 14, 14, 14), 3),  # DINOv2: no stage is fine enough
        ((16, 16, 32), 1),
    ],
)
def test_patch_takes_the_deepest_stage_that_is_fine_enough(strides, stage):
    assert head_stage(strides, PATCH_STRIDE) == stage


def test_vanilla_gives_one_logit_and_ignores_where_things_are():
    head = VanillaHead(8, stage=1, width=16)
    stages = [torch.rand(2, 4, 6, 6), torch.rand(2, 8, 3, 5)]
    logits = head(stages)
    assert logits.shape == (2, 1)
    torch.testing.assert_close(head([stages[0], stages[1].flip(2, 3)]), logits)


def test_patch_is_convolutional_one_logit_sees_three_by_three_features():
    head = PatchHead(4, stage=0, width=16)
    feature = torch.rand(1, 4, 9, 9, requires_grad=True)
    logits = head([feature])
    assert logits.shape == (1, 1, 9, 9)
    (gradient,) = torch.autograd.grad(logits[0, 0, 4, 4], feature)
    seen = gradient.abs().sum(dim=(0, 1)) > 0
    assert seen[3:6, 3:6].all()
    assert seen.sum() == 9


def test_pixel_has_the_size_of_the_decoder_of_real_esrgan():
    # UNetDiscriminatorSN(3, 64) has 4,376,897 parameters, its encoder 1,792 + 2,752,512 of them.
    head = PixelHead([64, 128, 256, 512])
    assert sum(p.numel() for p in head.parameters()) == 4_376_897 - 1_792 - 2_752_512


@pytest.mark.parametrize("size", [(16, 16), (17, 23)])
def test_pixel_gives_a_logit_a_pixel_and_uses_every_stage(size):
    channels = [4, 8, 16]
    stages = [
        torch.rand(2, c, size[0] >> i, size[1] >> i, requires_grad=True)
        for i, c in enumerate(channels)
    ]
    logits = PixelHead(channels)(stages)
    assert logits.shape == (2, 1, *size)
    assert all(g.abs().sum() > 0 for g in torch.autograd.grad(logits.sum(), stages))
