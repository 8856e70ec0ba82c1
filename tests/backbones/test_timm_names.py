"""What is read from timm's files is what timm says when it is imported."""

import pytest

from asymmetry.backbones.catalog import timm_spec
from asymmetry.backbones.families import family_of, is_transformer
from asymmetry.backbones.timm_names import is_timm_transformer, timm_family, timm_modules
from asymmetry.core.define import define

# isort: split
import timm
from timm.models import is_model_in_modules


def test_every_network_is_found_in_its_module():
    known = timm_modules()
    assert set(known) == set(timm.list_models())
    assert all(is_model_in_modules(name, [module]) for name, module in known.items())


@pytest.mark.parametrize(
    ("network", "family", "transformer"),
    [
        ("convnext_nano.in12k_ft_in1k", "convnext", False),
        ("convnextv2_nano", "convnext", False),
        ("resnetv2_50", "resnet", False),
        ("seresnext50_32x4d", "resnet", False),
        ("tf_efficientnet_lite0.in1k", "efficientnet", False),
        ("mobilevit_xxs", "mobilevit", False),
        ("vit_small_patch14_dinov2.lvd142m", "vit", True),
        ("deit3_small_patch16_224", "vit", True),
        ("vit_base_patch32_clip_224.openai", "clip", True),
        ("swinv2_tiny_window8_256", "swin", True),
        ("beitv2_base_patch16_224", "beit", True),
        ("pvt_v2_b0", "pvt", True),
        ("tiny_vit_5m_224", "tiny", True),
    ],
)
def test_families_are_those_of_timm_s_modules(network: str, family: str, transformer: bool):
    assert (timm_family(network), is_timm_transformer(network)) == (family, transformer)


def test_a_name_of_the_study_s_has_the_family_of_its_network():
    from asymmetry.backbones.catalog import BACKBONES

    define(BACKBONES, "tiny", timm_spec("test_vit.r160_in1k"), "backbone")
    assert (family_of("tiny"), is_transformer("tiny-random")) == ("vit", True)
