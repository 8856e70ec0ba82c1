"""The names of timm's networks and their families, read from its files: nothing is imported.

Every job of a cluster reads the study again, and importing timm takes seconds.
"""

import re
from functools import cache
from importlib.util import find_spec
from pathlib import Path

CHANGES_NUMBERS = False
_REGISTERED = re.compile(r"^@register_model\ndef (\w+)\(", re.MULTILINE)
_VERSION = re.compile(r"_?v\d+(_\w+)?$")  # of a module: resnetv2, swin_transformer_v2_cr
# Modules of timm whose names do not begin with that of their family.
_FAMILIES = {"deit": "vit", "naflexvit": "vit", "vision": "vit"}
# Families whose stages are mainly self-attention among tokens. Hybrids that are convolutions but
# for their last stages (EfficientFormer, FastViT, LeViT, MobileViT ...) are not among them.
_TRANSFORMERS = {
    *("beit", "cait", "clip", "coat", "convit", "crossvit", "davit", "deepseek", "eva", "gcvit"),
    *("gemma4", "hiera", "hieradet", "maxxvit", "mvit", "nest", "pit", "pvt", "qwen3", "swin"),
    *("tiny", "tnt", "twins", "vit", "vitamin", "volo", "xcit"),
}


@cache
def timm_modules() -> dict[str, str]:
    """The names of all networks, each with the module of timm that it is in."""
    timm = find_spec("timm")
    roots = (timm and timm.submodule_search_locations) or []
    files = [file for root in roots for file in sorted(Path(root, "models").glob("*.py"))]
    return {
        name: file.stem
        for file in files
        for name in _REGISTERED.findall(file.read_text(encoding="utf-8"))
    }


def timm_family(network: str) -> str:
    """The family of a network of timm, after its module; CLIP is a family of its own.

    >>> timm_family("convnext_nano.in12k_ft_in1k"), timm_family("vit_small_patch14_dinov2.lvd142m")
    ('convnext', 'vit')
    """
    if "clip" in network:
        return "clip"
    module = timm_modules().get(network.partition(".")[0], network)
    family = _VERSION.sub("", module).partition("_")[0]
    return _FAMILIES.get(family, family)


def is_timm_transformer(network: str) -> bool:
    """Whether a network of timm is a Transformer."""
    return timm_family(network) in _TRANSFORMERS
