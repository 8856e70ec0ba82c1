"""The way to a discriminator. Imports no torch, and builds by a dynamic import.

So the training loop does not import discriminators, and a run without one does not change its id
when their code does.
"""

import importlib
from pathlib import Path
from typing import TYPE_CHECKING

from asymmetry.study import Discriminator as Spec

if TYPE_CHECKING:
    from asymmetry.discriminators.build import Discriminator


def build_discriminator(spec: Spec, seed: int, weights: Path) -> "Discriminator":
    """The discriminator that `spec` declares; `weights` is the folder of the manifest's files.

    See `asymmetry.discriminators.build`.
    """
    module = importlib.import_module("asymmetry.discriminators.build")
    return module.build_discriminator(spec, seed, weights)
