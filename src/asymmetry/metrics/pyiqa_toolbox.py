"""The metrics that pyiqa computes, with every option written out and nothing downloaded."""

import importlib
from typing import Any

import torch
from torch import Tensor, nn

from asymmetry import torchvision_ops  # noqa: F401

# Name of the metric: module of pyiqa.archs, class, options.
_CLASSES: dict[str, tuple[str, str, dict[str, Any]]] = {
    "nlpd": ("nlpd_arch", "NLPD", {"channels": 1, "test_y_channel": True}),
}


class _Piqe(nn.Module):
    """pyiqa's function: its class keeps the last result, which threads would mix up."""

    def forward(self, image: Tensor) -> Tensor:
        from pyiqa.archs.piqe_arch import piqe

        return torch.cat([piqe(one[None])[0].reshape(1) for one in image])


def pyiqa_network(name: str) -> nn.Module:
    """The network of pyiqa behind a metric that needs no weights, frozen and in eval mode."""
    if name == "piqe":
        return _Piqe().eval()
    module, cls, options = _CLASSES[name]
    network = getattr(importlib.import_module(f"pyiqa.archs.{module}"), cls)(**options)
    return network.eval().requires_grad_(False)


class Toolbox(nn.Module):
    """A metric of pyiqa as a measure: planes [B, 1 or 3, H, W] in 0..1 to [B]."""

    def __init__(self, name: str, full_reference: bool) -> None:
        super().__init__()
        self.network = pyiqa_network(name)
        self.full_reference = full_reference

    def forward(self, restored: Tensor, reference: Tensor) -> Tensor:
        """[B] of the restored images; `reference` is not read by a no-reference metric."""
        images = (restored, reference) if self.full_reference else (restored,)
        # pyiqa wants three channels; the luma of a grey image is that image.
        return self.network(*(image.float().expand(-1, 3, -1, -1) for image in images)).flatten()
