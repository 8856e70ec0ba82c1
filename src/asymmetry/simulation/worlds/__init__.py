"""The truths under which verdicts are tried: the plain null of each claim, and awkward ones.

A world says how a study of it is made, and for each claim which verdicts would be wrong in it and
what its interval should cover. A module is for the claims that its first line names.
"""

from asymmetry.simulation.worlds import (
    adversary,
    backbones,
    discriminators,
    random_weights,
    shares,
    skill,
    transfer,
)
from asymmetry.simulation.worlds.world import World

_MODULES = (skill, random_weights, discriminators, adversary, shares, transfer, backbones)


def worlds() -> list[World]:
    """All of them."""
    return [world for module in _MODULES for world in module.worlds()]
