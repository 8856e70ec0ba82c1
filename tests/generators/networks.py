"""Tiny networks of spandrel's architectures, as files; each has what a training must mind."""

import importlib
from collections.abc import Callable
from pathlib import Path

import torch
from torch import nn

from asymmetry.core import torchvision_ops  # noqa: F401


def _architecture(name: str, package: str = "") -> Callable[..., nn.Module]:
    module = importlib.import_module(f"spandrel.architectures.{package or name}")
    return getattr(module, name)


NETWORKS: dict[str, Callable[[], nn.Module]] = {
    # Stochastic depth of .1 by default; windows.
    "SwinIR": lambda: _architecture("SwinIR")(
        img_size=16,
        embed_dim=12,
        depths=[2, 1],
        num_heads=[2, 2],
        window_size=4,
        mlp_ratio=2,
        upscale=2,
        upsampler="pixelshuffledirect",
    ),
    # Batch normalisation, within its attention.
    "DAT": lambda: _architecture("DAT")(
        img_size=16,
        embed_dim=16,
        depth=[2],
        num_heads=[2],
        split_size=[4, 4],
        expansion_factor=2,
        upscale=2,
        upsampler="pixelshuffledirect",
    ),
    # Dropout, and another way through its convolutions in training.
    "RealPLKSR": lambda: _architecture("RealPLKSR", "PLKSR")(
        dim=8, n_blocks=2, upscaling_factor=2, kernel_size=5, dropout=0.5
    ),
    # It writes to its input.
    "RCAN": lambda: _architecture("RCAN")(scale=2, n_resgroups=1, n_resblocks=1, n_feats=16),
    # Sides that are multiples of eight.
    "SAFMN": lambda: _architecture("SAFMN")(dim=8, n_blocks=2, upscaling_factor=2),
    # Three convolutions that stand for one.
    "SPAN": lambda: _architecture("SPAN")(num_in_ch=3, num_out_ch=3, feature_channels=8, upscale=2),
    "Compact": lambda: _architecture("Compact")(num_feat=8, num_conv=2, upscale=4),
}


def write_network(name: str, folder: Path, seed: int = 0) -> Path:
    """A file of the network `name` with random weights, as its authors' code would save it."""
    with torch.random.fork_rng(devices=[]):
        torch.manual_seed(seed)
        network = NETWORKS[name]()
    path = folder / f"{name.lower()}-{seed}.pth"
    torch.save({"params_ema": network.state_dict()}, path)
    return path
