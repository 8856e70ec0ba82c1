"""H14, H15: an adversary that changes losses singly, not on average, or all by the margin."""

from dataclasses import replace

import numpy as np
import pandas as pd

from asymmetry.analysis.balance import BALANCE
from asymmetry.analysis.hypotheses.h15_artifacts import ON_THE_WAY
from asymmetry.simulation.study import (
    SPREAD,
    Chance,
    Quality,
    adversarial,
    cells_of,
    evidence_of,
    of_levels,
)
from asymmetry.simulation.worlds.world import (
    AT_THE_MARGIN,
    AWKWARD,
    EITHER,
    HEADS,
    LITTLE,
    LOSSES,
    MARGIN,
    VGG,
    Expected,
    World,
    design_of,
)
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
        found.append(_singly(name, "losses", cells, chance))
    chance = replace(Chance(), by_image={"fidelity": 0.4, "discriminator": 0.2})
    trunks = [one for one in HEADS if one[2] == "patch"]
    cells = cells_of(["ssim", "vif"], trunks, (0.01, 0.1), 3)
    found.append(_singly("plain", "trunks", cells, chance))
    return [*found, _by_the_margin()]


def _singly(name: str, what: str, cells: pd.DataFrame, chance: Chance) -> World:
    column = {"losses": "fidelity", "trunks": "backbone"}[what]

    def quality(cells: pd.DataFrame, rng: np.random.Generator) -> Array:
        levels = cells[column].nunique()
        change = of_levels(cells, column, 0.5 * rng.standard_normal(levels))
        losses = SPREAD * rng.standard_normal(cells["fidelity"].nunique())
        return np.where(adversarial(cells), change, 0) + of_levels(cells, "fidelity", losses)

    truth = f"the adversary changes {what} singly, not on average"
    return _world(name, truth, cells, quality, chance, Expected("", f"over {what}", EITHER))


def _by_the_margin() -> World:
    """Losses a standard deviation apart, and each better by the margin with the adversary."""

    def quality(cells: pd.DataFrame, _rng: np.random.Generator) -> Array:
        losses = np.linspace(-1, 1, cells["fidelity"].nunique())
        levels = of_levels(cells, "fidelity", SPREAD * losses / losses.std())
        return levels + MARGIN * SPREAD * adversarial(cells)

    truth = "the adversary betters every loss by what is practically equal"
    cells = cells_of(LOSSES, [VGG], (0.1,), 3)
    expected = Expected("", "over losses", AT_THE_MARGIN, None)
    return _world("little chance", truth, cells, quality, LITTLE, expected)


def _world(
    name: str,
    truth: str,
    cells: pd.DataFrame,
    quality: Quality,
    chance: Chance,
    expected: Expected,
) -> World:
    measures, shares = ("sharpness", "lattice", BALANCE), (0.25, 0.5)
    way = f"{ON_THE_WAY}, {expected.regime}"
    return World(
        name,
        truth,
        lambda rng: evidence_of(
            cells, quality, chance, rng, judges=(), measures=measures, snapshots=shares
        ),
        [
            replace(expected, hypothesis="H14"),
            replace(expected, hypothesis="H15"),
            replace(expected, hypothesis="H15", regime=way),
        ],
        design_of(cells),
    )
