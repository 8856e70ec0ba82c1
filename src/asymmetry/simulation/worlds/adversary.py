"""H14, H15: an adversary that changes losses singly, not on average."""

from dataclasses import replace

import numpy as np
import pandas as pd

from asymmetry.simulation.study import Chance, adversarial, cells_of, evidence_of, of_levels
from asymmetry.simulation.worlds.world import AWKWARD, EITHER, HEADS, LOSSES, VGG, Expected, World
from asymmetry.stats.arrays import Array


def worlds() -> list[World]:
    """All of them."""
    found = []
    for name in (
        *("plain", "large common effects of seeds", "t2-tailed scores", "ties"),
        *("20 % diverged at the highest weight", "one seed"),
        "three times the noise with the adversary",
    ):
        by_image = {"fidelity": 0.4, "discriminator": 0.2}
        chance = replace(AWKWARD.get(name, Chance()), by_image=by_image)
        cells = cells_of(LOSSES, [VGG], (0.1,), 1 if name == "one seed" else 3)
        found.append(_adversary_world(name, "losses", cells, chance, "over losses"))
    chance = replace(Chance(), by_image={"fidelity": 0.4, "discriminator": 0.2})
    trunks = [one for one in HEADS if one[2] == "patch"]
    cells = cells_of(["ssim", "vif"], trunks, (0.01, 0.1), 3)
    found.append(_adversary_world("plain", "trunks", cells, chance, "over trunks"))
    return found


def _adversary_world(
    name: str, what: str, cells: pd.DataFrame, chance: Chance, regime: str
) -> World:
    column = {"losses": "fidelity", "trunks": "backbone"}[what]

    def quality(cells: pd.DataFrame, rng: np.random.Generator) -> Array:
        levels = cells[column].nunique()
        change = of_levels(cells, column, 0.5 * rng.standard_normal(levels))
        losses = 0.7 * rng.standard_normal(cells["fidelity"].nunique())
        return np.where(adversarial(cells), change, 0) + of_levels(cells, "fidelity", losses)

    measures = ("sharpness", "lattice")
    return World(
        name,
        f"the adversary changes {what} singly, not on average",
        lambda rng: evidence_of(cells, quality, chance, rng, judges=(), measures=measures),
        [Expected("H14", regime, EITHER), Expected("H15", regime, EITHER)],
    )
