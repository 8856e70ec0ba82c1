"""The families of backbones, by their names."""

import re

_TRANSFORMERS = {"clip", "swin", "vit"}


def family_of(name: str) -> str:
    """The family of a backbone: its name up to a size; DINOv2 is a ViT, CLIP a family of its own.

    >>> family_of("vgg16-random"), family_of("dinov2-vits14"), family_of("clip-vit-b32")
    ('vgg', 'vit', 'clip')
    """
    return "vit" if name.startswith("dinov2") else re.split(r"[^a-z]", name)[0]


def is_transformer(name: str) -> bool:
    """Whether a backbone is a Transformer; all others are convolutional."""
    return family_of(name) in _TRANSFORMERS
