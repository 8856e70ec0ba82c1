"""The way to a discriminator and its losses. Imports no torch, and builds by a dynamic import.

So the training loop does not import discriminators, and a run without one does not change its id
when their code does: that of a run with one has `BUILDER` and `LOSSES` among its roots.
"""

import importlib
from pathlib import Path
from typing import TYPE_CHECKING

from asymmetry.discriminators.contract import Spec

if TYPE_CHECKING:
    from asymmetry.discriminators.build import Discriminator
    from asymmetry.discriminators.losses import AdversarialLoss

CHANGES_NUMBERS = False
_BUILD = "asymmetry.discriminators.build"
_LOSSES = "asymmetry.discriminators.losses"
BUILDER = f"{_BUILD}:build_discriminator"
LOSSES = f"{_LOSSES}:LOSSES"


def build_discriminator(spec: Spec, seed: int, weights: Path) -> "Discriminator":
    """The discriminator that `spec` declares; `weights` is the folder of the manifest's files.

    See `asymmetry.discriminators.build`.
    """
    module = importlib.import_module(_BUILD)
    return module.build_discriminator(spec, seed, weights)


def adversarial_loss(kind: str) -> "AdversarialLoss":
    """What discriminator and generator minimise under `training.adversarial_loss: <kind>`.

    See `asymmetry.discriminators.losses`.
    """
    return importlib.import_module(_LOSSES).LOSSES[kind]
