"""Learned metrics: the networks of pyiqa with their published weights; nothing is downloaded."""

import importlib
from pathlib import Path
from typing import Any, NamedTuple

from torch import Tensor, nn

from asymmetry.core import torchvision_ops  # noqa: F401
from asymmetry.weights.store import load_state


class _Network(NamedTuple):
    """A class of `pyiqa.archs.<module>`; its tensors lie under `key` in the file of weights."""

    module: str
    cls: str
    options: dict[str, Any]
    key: str | None = None


_TOPIQ = {"semantic_model_name": "resnet50", "backbone_pretrain": False}

NETWORKS: dict[str, _Network] = {
    # Chen et al. 2024, on KonIQ-10k; on KADID-10k.
    "topiq_nr": _Network("topiq_arch", "CFANet", _TOPIQ | {"use_ref": False}, key="params"),
    "topiq_fr": _Network("topiq_arch", "CFANet", _TOPIQ | {"use_ref": True}, key="params"),
    # Ke et al. 2021, on KonIQ-10k.
    "musiq": _Network("musiq_arch", "MUSIQ", {}),
    # Prashnani et al. 2018, on pairs of its own data set.
    "pieapp": _Network("pieapp_arch", "PieAPP", {}),
}


class Learned(nn.Module):
    """A learned metric as a measure: RGB [B, 3, H, W] in 0..1 to [B].

    Raises UserError where the file of `weights`, an entry of the manifest, is missing or corrupt.
    """

    def __init__(self, name: str, weights: str, folder: Path, full_reference: bool) -> None:
        super().__init__()
        self.full_reference = full_reference
        self.network = network_of(name)
        content: Any = load_state(weights, folder)
        state = content[NETWORKS[name].key] if NETWORKS[name].key else content
        # Some were saved while they ran on several devices.
        self.network.load_state_dict({k.removeprefix("module."): v for k, v in state.items()})

    def forward(self, restored: Tensor, reference: Tensor) -> Tensor:
        """[B] of the restored images; `reference` is not read by a no-reference metric."""
        images = (restored, reference) if self.full_reference else (restored,)
        return self.network(*(image.float() for image in images)).flatten()


def network_of(name: str) -> nn.Module:
    """The network of a learned metric before its weights are loaded, frozen and in eval mode."""
    module, cls, options, _ = NETWORKS[name]
    build = getattr(importlib.import_module(f"pyiqa.archs.{module}"), cls)
    return build(pretrained=False, **options).eval().requires_grad_(False)
