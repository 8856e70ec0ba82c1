import torch
from torch.nn import functional as F

from asymmetry.backbones.registry import build_backbone


def test_encoder_is_real_esrgans():
    """By hand: leaky ReLU of .2 after a 3x3 and after each 4x4 convolution of stride 2."""
    backbone = build_backbone("unet-small", weights=None)
    image = torch.rand(2, 3, 32, 48)
    weights = list(backbone.parameters())
    x = F.leaky_relu(F.conv2d(image * 2 - 1, weights[0], weights[1], padding=1), 0.2)
    expected = [x]
    for weight in weights[2:]:
        x = F.leaky_relu(F.conv2d(x, weight, stride=2, padding=1), 0.2)
        expected.append(x)
    for stage, by_hand in zip(backbone(image), expected, strict=True):
        torch.testing.assert_close(stage, by_hand)


def test_widths_double_from_64():
    with torch.device("meta"):
        assert build_backbone("unet", weights=None).channels == (64, 128, 256, 512)
