"""Building a backbone by its name. Imports no torch until one is built."""

import importlib
from pathlib import Path
from typing import TYPE_CHECKING

from asymmetry.backbones.catalog import BACKBONES, RANDOM
from asymmetry.core.errors import UserError
from asymmetry.core.names import nearest

if TYPE_CHECKING:
    from asymmetry.backbones.contract import Backbone


def build_backbone(name: str, *, weights: Path | None, seed: int = 0) -> "Backbone":
    """The backbone `name`, with the pretrained weights in the folder `weights`.

    Without that folder, or where the name ends in `-random`, its initial weights are a function of
    `seed` and of the name without that ending. The global random state of torch stays as it was.
    Raises UserError where the name is unknown, or its pretrained weights are missing or corrupt.
    """
    import torch

    from asymmetry.core.randomness import stream_key
    from asymmetry.weights.store import load_state

    plain = name.removesuffix(RANDOM)
    if plain not in BACKBONES:
        raise UserError(f"backbone: '{name}' is not known; {nearest(plain, BACKBONES)}")
    spec = BACKBONES[plain]
    state = None
    if weights is not None and name == plain:
        if spec.weights is None:
            raise UserError(
                f"backbone: there are no pretrained weights for '{name}'; use {name}{RANDOM}"
            )
        state = load_state(spec.weights, weights)
    module, _, function = spec.builder.partition(":")
    builder = getattr(importlib.import_module(module), function)
    with torch.random.fork_rng(devices=[]):
        torch.manual_seed(stream_key(seed, f"backbone/{plain}"))
        return builder(spec, state)
