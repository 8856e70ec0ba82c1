"""Building a discriminator and its adversarial losses by a dynamic import. Imports no torch.

So the training loop does not import discriminators: a change of their code changes the id of a run
with one, which has `BUILDER` and `GAME` among its roots, but not the id of a run without one.
"""

import importlib
from collections.abc import Callable
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING

from asymmetry.discriminators.contract import Spec

if TYPE_CHECKING:
    from torch import Tensor

    from asymmetry.discriminators.build import Discriminator

CHANGES_NUMBERS = False
_BUILD, _LOSSES = "asymmetry.discriminators.build", "asymmetry.discriminators.losses"
BUILDER = f"{_BUILD}:build_discriminator"
GAME = (f"{_LOSSES}:generator_loss", f"{_LOSSES}:discriminator_loss")


def build_discriminator(spec: Spec, seed: int, weights: Path) -> "Discriminator":
    """The discriminator that `spec` declares; `weights` is the folder of the manifest's files.

    See `asymmetry.discriminators.build`.
    """
    module = importlib.import_module(_BUILD)
    return module.build_discriminator(spec, seed, weights)


def adversarial_loss(kind: str) -> "tuple[Callable[..., Tensor], Callable[..., Tensor]]":
    """The losses of generator and discriminator of the kind `kind`.

    See `asymmetry.discriminators.losses`.
    """
    losses = importlib.import_module(_LOSSES)
    return partial(losses.generator_loss, kind), partial(losses.discriminator_loss, kind)
