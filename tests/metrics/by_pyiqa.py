"""pyiqa's classes, as the other side of comparisons."""

import importlib
from typing import Any

from torch import nn

from asymmetry import torchvision_ops  # noqa: F401


def pyiqa_class(module: str, name: str, **options: Any) -> nn.Module:
    """The class `name` of `pyiqa.archs.<module>` with these options, in eval mode."""
    return getattr(importlib.import_module(f"pyiqa.archs.{module}"), name)(**options).eval()
