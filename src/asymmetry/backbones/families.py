"""The families of backbones, by their names."""

import re

from asymmetry.backbones.catalog import BACKBONES, RANDOM, TIMM
from asymmetry.backbones.timm_names import is_timm_transformer, timm_family

_TRANSFORMERS = {"clip", "eva", "swin", "twins", "vit"}


def family_of(name: str) -> str:
    """The family of a backbone: its name up to a size; DINOv2 is a ViT, CLIP a family of its own.

    That of a trunk of timm is what timm calls it.

    >>> family_of("vgg16-random"), family_of("dinov2-vits14"), family_of("clip-vit-b32")
    ('vgg', 'vit', 'clip')
    """
    if network := _network(name):
        return timm_family(network)
    return "vit" if name.startswith("dinov2") else re.split(r"[^a-z]", name)[0]


def is_transformer(name: str) -> bool:
    """Whether a backbone is a Transformer; all others are convolutional."""
    if network := _network(name):
        return is_timm_transformer(network)
    return family_of(name) in _TRANSFORMERS


def _network(name: str) -> str | None:
    """The network of timm that the study means by a name; None for a backbone of the package."""
    spec = BACKBONES.get(name.removesuffix(RANDOM))
    return str(spec.options["network"]) if spec and spec.builder == TIMM else None
