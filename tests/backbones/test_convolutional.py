from pathlib import Path

import numpy as np
import pytest
import skimage.data
import torch
from PIL import Image
from torch import Tensor
from torch.nn.functional import avg_pool2d

from asymmetry.backbones.catalog import BACKBONES, HALF
from asymmetry.backbones.convolutional import torchvision_network, vgg
from asymmetry.backbones.registry import build_backbone
from asymmetry.core import torchvision_ops  # noqa: F401
from asymmetry.weights.store import load_state

# isort: split
import timm
import torchvision


def normalised(image: Tensor, name: str) -> Tensor:
    mean, std = (
        torch.tensor(value).view(1, 3, 1, 1)
        for value in (BACKBONES[name].mean, BACKBONES[name].std)
    )
    return (image - mean) / std


@pytest.mark.parametrize("name", ["squeezenet", "resnet18", "convnext-tiny"])
def test_stages_are_those_of_torchvision(name: str):
    spec = BACKBONES[name]
    network = torchvision.models.get_model(spec.options["network"], weights=None).eval()
    prefix = "features." if hasattr(network, "features") else ""
    nodes = [f"{prefix}{tap}" for tap in spec.options["stages"]]
    backbone = torchvision_network(spec, network.state_dict()).eval()
    image = torch.rand(1, 3, 64, 64)
    maps: dict[str, Tensor] = {}
    for node in nodes:
        network.get_submodule(node).register_forward_hook(
            lambda _module, _input, output, node=node: maps.setdefault(node, output.clone())
        )
    with torch.no_grad():
        stages = backbone(image)
        network(normalised(image, name))
    for node, stage in zip(nodes, stages, strict=True):
        torch.testing.assert_close(stage, maps[node])


def test_vgg_small_is_the_convolutions_it_is_made_of():
    spec = BACKBONES["vgg-small"]
    backbone = vgg(spec, None)
    first = backbone.body[0]
    image = torch.rand(1, 3, 16, 16)
    by_hand = torch.conv2d(normalised(image, "vgg-small"), first.weight, first.bias, padding=1)
    torch.testing.assert_close(backbone(image)[0], by_hand.relu())


def test_small_images_are_padded_by_repetition():
    backbone = build_backbone("squeezenet", weights=None)
    image = torch.rand(1, 3, 20, 40)
    padded = torch.cat([image, image[:, :, -1:].expand(-1, -1, 12, -1)], dim=2)
    for small, large in zip(backbone(image), backbone(padded), strict=True):
        assert torch.equal(small, large)


def test_frozen_batch_statistics_stay_as_they_are(tmp_path: Path):
    backbone = build_backbone("efficientnet-lite0", weights=tmp_path).eval().requires_grad_(False)
    before = {key: value.clone() for key, value in backbone.state_dict().items()}
    image = torch.rand(2, 3, 64, 64, requires_grad=True)
    backbone(image)[-1].sum().backward()
    assert image.grad is not None
    assert all(torch.equal(before[key], value) for key, value in backbone.state_dict().items())


def test_no_branch_is_dropped_in_training():
    backbone = build_backbone("convnext-tiny", weights=None).train()
    image = torch.rand(1, 3, 32, 32)
    assert torch.equal(backbone(image)[-1], backbone(image)[-1])


def photo(name: str) -> Tensor:
    """A photo of scikit-image as the classifier wants it: centre crop of 224, in 0..1."""
    image = Image.fromarray(getattr(skimage.data, name)())
    factor = 256 / min(image.size)
    image = image.resize([round(side * factor) for side in image.size], Image.Resampling.BICUBIC)
    left, top = ((side - 224) // 2 for side in image.size)
    pixels = np.asarray(image.crop((left, top, left + 224, top + 224)), np.float32) / 255
    return torch.from_numpy(pixels).permute(2, 0, 1)[None]


@pytest.mark.parametrize(("name", "classes"), [("chelsea", {281, 282, 285}), ("coffee", {967})])
def test_efficientnet_lite0_knows_imagenet(name: str, classes: set[int], tmp_path: Path):
    """Cats (tabby, tiger, Egyptian) and espresso: weights taken by position, images in -1..1."""
    backbone = build_backbone("efficientnet-lite0", weights=tmp_path).eval()
    network = timm.create_model("tf_efficientnet_lite0").eval()
    state = load_state("efficientnet_lite0", tmp_path)
    network.load_state_dict(dict(zip(network.state_dict(), state.values(), strict=True)))
    assert BACKBONES["efficientnet-lite0"].mean == BACKBONES["efficientnet-lite0"].std == HALF
    with torch.no_grad():
        features = backbone(photo(name))[-1]
        scores = network.forward_head(network.bn2(network.conv_head(features)))[0]
    assert set(scores.topk(len(classes)).indices.tolist()) == classes


def test_alexnet_and_squeezenet_beside_the_checkout_load(shared: Path):
    for name in ("alexnet", "squeezenet"):
        pretrained = build_backbone(name, weights=shared / "weights")
        scratch = build_backbone(name, weights=None)
        assert not torch.equal(pretrained.body[0].weight, scratch.body[0].weight)
        # Trained first filters are smooth: less is lost by averaging than of random ones.
        kept = [
            avg_pool2d(b.body[0].weight, 2).std() / b.body[0].weight.std()
            for b in (pretrained, scratch)
        ]
        assert kept[0] > kept[1]
