"""Trunks of timm: tiny networks of its own, with random weights that the tests save as files."""

from pathlib import Path

import pytest
import torch
from safetensors.torch import save_file
from torch import Tensor, nn

from asymmetry.backbones.catalog import timm_spec
from asymmetry.backbones.timm_trunk import TimmTrunk, examine, trunk
from asymmetry.core.errors import UserError
from asymmetry.core.still import draws_numbers

# isort: split
import timm

CONVNEXT, VIT = "test_convnext.r160_in1k", "test_vit.r160_in1k"
RESNET = "test_resnet.r160_in1k"  # batch normalisation
# Of a multiple of 32 pixels a side, so that nothing is padded.
IMAGE = torch.rand(2, 3, 64, 96, generator=torch.Generator().manual_seed(0))


def whole(network: str, **options: bool) -> nn.Module:
    """The network as timm makes it, with other values than those of its initialisation."""
    with torch.random.fork_rng(devices=[]):
        torch.manual_seed(1)
        net = timm.create_model(network, pretrained=False, **options)
        for tensor in net.state_dict().values():
            if tensor.is_floating_point():
                tensor += 0.02 * torch.rand_like(tensor)
    return net.eval()


def normalised(network: str) -> Tensor:
    config = timm.data.resolve_model_data_config(whole(network))
    mean, std = (torch.tensor(config[name]).view(1, 3, 1, 1) for name in ("mean", "std"))
    return (IMAGE - mean) / std


@pytest.mark.parametrize("network", [CONVNEXT, RESNET, "test_efficientnet.r160_in1k"])
def test_stages_are_those_of_timm_s_features_only(network: str, tmp_path: Path):
    file = tmp_path / "x.safetensors"
    save_file(whole(network).state_dict(), file)
    own = timm.create_model(
        network, pretrained=True, pretrained_cfg_overlay={"file": str(file)}, features_only=True
    ).eval()
    built = trunk(timm_spec(network), whole(network).state_dict()).eval()
    with torch.no_grad():
        expected, stages = own(normalised(network)), built(IMAGE)
    assert list(built.channels) == own.feature_info.channels() == [m.shape[1] for m in stages]
    assert list(built.strides) == own.feature_info.reduction()
    assert len(stages) == len(expected)
    assert all(torch.allclose(a, b, atol=1e-5) for a, b in zip(stages, expected, strict=True))


def test_a_vision_transformer_gives_every_block():
    net = whole(VIT, dynamic_img_size=True)
    built = trunk(timm_spec(VIT), whole(VIT).state_dict()).eval()
    with torch.no_grad():
        expected = net.forward_intermediates(normalised(VIT), intermediates_only=True)
        stages = built(IMAGE)
    assert len(stages) == len(net.blocks) == len(built.strides)
    assert all(torch.allclose(a, b, atol=1e-5) for a, b in zip(stages, expected, strict=True))


def test_a_swin_gives_channels_first_at_any_size():
    network = "swin_tiny_patch4_window7_224.ms_in1k"
    built = random(network).eval()
    own = timm.create_model(network, pretrained=False, features_only=True).eval()
    own.load_state_dict(built.net.state_dict())
    image = torch.rand(1, 3, 224, 224, generator=torch.Generator().manual_seed(0))
    with torch.no_grad():
        stages, small = built(image), built(IMAGE)
        expected = own((image - built.mean) / built.std)
    for stage, map_ in zip(stages, expected, strict=True):
        assert torch.allclose(stage, map_.permute(0, 3, 1, 2), atol=1e-4)
    assert [m.shape[1:] for m in small] == [(96, 16, 24), (192, 8, 12), (384, 4, 6), (768, 2, 3)]


def random(network: str) -> TimmTrunk:
    with torch.random.fork_rng(devices=[]):
        torch.manual_seed(0)
        return trunk(timm_spec(network), None)


@pytest.mark.parametrize("network", [CONVNEXT, VIT, RESNET])
def test_sides_are_padded_to_the_coarsest_stride_by_repetition(network: str):
    built = random(network).eval()
    multiple = max(built.strides)
    small = IMAGE[..., : multiple + 1, : multiple - 3]
    padded = nn.functional.pad(small, (0, 3, 0, multiple - 1), mode="replicate")
    with torch.no_grad():
        pairs = zip(built(small), built(padded), strict=True)
        assert all(torch.equal(a, b) for a, b in pairs)


@pytest.mark.parametrize("network", [CONVNEXT, VIT])
def test_nothing_is_drawn_in_training(network: str):
    assert draws_numbers(timm.create_model(network, drop_path_rate=0.5, pretrained=False), IMAGE)
    built = random(network).train()
    rates = [m.p for m in built.modules() if isinstance(m, nn.Dropout)]
    assert set(rates) <= {0.0}
    assert not draws_numbers(built, IMAGE)
    stochastic = TimmTrunk(
        timm_spec(network).__class__("", mean=(0.0,) * 3, std=(1.0,) * 3),
        timm.create_model(network, features_only=True, drop_path_rate=0.5, pretrained=False),
    )
    assert not draws_numbers(stochastic, IMAGE)


def test_weights_of_another_network_are_refused():
    with pytest.raises(UserError, match=r"^timm/test_convnext\.r160_in1k: has tensors of another"):
        trunk(timm_spec(CONVNEXT), whole(RESNET).state_dict())


@pytest.mark.parametrize(
    ("network", "problem"),
    [
        (CONVNEXT, None),
        (VIT, None),
        ("test_convnext.r160_in1", "timm has no such weights; did you mean 'test_convnext.r160_"),
        ("maxvit_nano_rw_256.sw_in1k", "gives no stages of an image of any size (AssertionError"),
    ],
)
def test_what_serves_as_a_trunk_is_found_by_trying(network: str, problem: str | None):
    found = examine(network)
    assert found is None if problem is None else str(found).startswith(problem)
