import pytest
import torch

from asymmetry.backbones.catalog import BACKBONES
from asymmetry.backbones.registry import build_backbone
from asymmetry.backbones.transformer import swin, vit

# isort: split
import torchvision


def test_tokens_are_maps_in_reading_order():
    """With one patch changed, the first block's map moves most at that patch."""
    backbone = build_backbone("vit-small", weights=None).eval()
    image = torch.full((1, 3, 64, 64), 0.5)
    changed = image.clone()
    changed[:, :, 16:24, 40:48] = 1
    with torch.no_grad():
        moved = (backbone(image)[0] - backbone(changed)[0]).norm(dim=1)[0]
    assert divmod(int(moved.argmax()), 8) == (2, 5)


def test_sides_are_padded_to_whole_patches_by_repetition():
    backbone = build_backbone("vit-small", weights=None).eval()
    image = torch.rand(1, 3, 30, 33)
    padded = torch.nn.functional.pad(image, (0, 7, 0, 2), mode="replicate")
    stages = backbone(image)
    assert stages[0].shape[2:] == (4, 5)
    for small, large in zip(stages, backbone(padded), strict=True):
        assert torch.equal(small, large)


def test_swin_is_torchvisions():
    network = torchvision.models.swin_t(weights=None).eval()
    backbone = swin(BACKBONES["swin-tiny"], network.state_dict()).eval()
    image = torch.rand(1, 3, 48, 64)
    with torch.no_grad():
        last = backbone(image)[-1]
        normalised = (image - backbone.mean) / backbone.std
        expected = network(normalised)
        pooled = network.norm(last.permute(0, 2, 3, 1)).mean(dim=(1, 2))
        torch.testing.assert_close(network.head(pooled), expected)


def test_no_branch_of_swin_is_dropped_in_training():
    backbone = build_backbone("swin-tiny", weights=None).train()
    image = torch.rand(1, 3, 32, 32)
    assert torch.equal(backbone(image)[-1], backbone(image)[-1])


@pytest.mark.slow
def test_clip_is_openais():
    """A random CLIP ViT-B/32 of OpenAI's package, loaded by our names, gives its tokens."""
    from clip.model import VisionTransformer

    torch.manual_seed(0)
    original = VisionTransformer(224, 32, 768, 12, 12, 512).eval()
    # A trained file also holds the tower of texts, which must not matter.
    state = {f"visual.{key}": value for key, value in original.state_dict().items()}
    backbone = vit(BACKBONES["clip-vit-b32"], state | {"logit_scale": torch.ones(())}).eval()
    outputs = []
    for block in original.transformer.resblocks:
        block.register_forward_hook(lambda _module, _input, output: outputs.append(output))
    image = torch.rand(1, 3, 224, 224)
    with torch.no_grad():
        stages = backbone(image)
        original((image - backbone.mean) / backbone.std)
    for stage, tokens in zip(stages, outputs, strict=True):  # tokens: [1 + 49, B, 768]
        torch.testing.assert_close(
            stage.flatten(2), tokens[1:].permute(1, 2, 0), rtol=1e-4, atol=1e-4
        )


@pytest.mark.slow
def test_dinov2_is_metas():
    """A random ViT-S/14 of Meta's code, loaded by our names, gives its tokens."""
    package = pytest.importorskip("dinov2.models.vision_transformer", reason="Meta's code")
    torch.manual_seed(0)
    sizes = {"patch_size": 14, "img_size": 518, "init_values": 1.0, "block_chunks": 0}
    original = package.vit_small(**sizes).eval()
    backbone = vit(BACKBONES["dinov2-vits14"], original.state_dict()).eval()
    outputs = []
    for block in original.blocks:
        block.register_forward_hook(lambda _module, _input, output: outputs.append(output))
    image = torch.rand(1, 3, 518, 518)
    with torch.no_grad():
        stages = backbone(image)
        original((image - backbone.mean) / backbone.std)
    for stage, tokens in zip(stages, outputs, strict=True):  # tokens: [B, 1 + 1369, 384]
        torch.testing.assert_close(
            stage.flatten(2), tokens[:, 1:].permute(0, 2, 1), rtol=1e-4, atol=1e-4
        )


def test_dinov2_loads_the_names_of_its_published_file():
    """Names and shapes as in Meta's file (175 tensors), whose `mask_token` has no use here."""
    spec, width = BACKBONES["dinov2-vits14"], 384
    one = vit(spec, None).net.state_dict()
    published = {name: torch.randn_like(tensor) for name, tensor in one.items()}
    published |= {"norm.weight": torch.ones(width), "norm.bias": torch.zeros(width)}
    published["mask_token"] = torch.zeros(1, width)
    assert len(published) == 175
    assert published["pos_embed"].shape == (1, 1 + 37**2, width)
    assert published["blocks.11.ls2.gamma"].shape == (width,)
    loaded = vit(spec, published).net.state_dict()
    assert all(torch.equal(loaded[name], published[name]) for name in one)
