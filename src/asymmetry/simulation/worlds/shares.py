"""H16, H17: losses explain as much as discriminators and weights do."""

from dataclasses import replace

import numpy as np
import pandas as pd

from asymmetry.simulation.study import Chance, cells_of, evidence_of, of_levels
from asymmetry.simulation.worlds.world import (
    AWKWARD,
    EITHER,
    HEADS,
    LOSSES,
    Expected,
    World,
    design_of,
)
from asymmetry.stats.arrays import Array


def worlds() -> list[World]:
    """All of them."""
    losses, trunks = LOSSES[:8], [one for one in HEADS if one[2] == "patch"]
    more = [
        *trunks,
        ("alexnet-patch", "alexnet", "patch"),
        ("vit-small-vanilla", "vit-small", "vanilla"),
    ]
    truth = "losses and discriminators have the same variance"
    found = []
    for name in ("plain", "t2-tailed scores", "20 % diverged at the highest weight", "one seed"):
        chance = replace(AWKWARD.get(name, Chance()), by_judge=0.0)
        cells = cells_of(losses, more, (0.1,), 1 if name == "one seed" else 2)
        expected = [Expected("H16", "", EITHER, 0.5), Expected("H17", "", EITHER, 0.5)]
        found.append(
            World(
                name,
                truth,
                lambda rng, cells=cells, chance=chance: evidence_of(  # type: ignore[misc]
                    cells, _equal_shares, chance, rng, judges=("semantics",)
                ),
                expected,
                design_of(cells),
            )
        )
    return found


def _equal_shares(cells: pd.DataFrame, rng: np.random.Generator) -> Array:
    losses, kinds = cells["fidelity"].nunique(), cells["discriminator"].nunique()
    both = 0.3 * rng.standard_normal((losses, kinds))
    codes = [pd.factorize(cells[column])[0] for column in ("fidelity", "discriminator")]
    found = of_levels(cells, "fidelity", 0.7 * rng.standard_normal(losses))
    return (
        found + of_levels(cells, "discriminator", 0.7 * rng.standard_normal(kinds)) + both[*codes]
    )
