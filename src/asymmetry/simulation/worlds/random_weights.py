"""H4: losses that are equal in every setting."""

from dataclasses import replace

import pandas as pd

from asymmetry.simulation.study import Chance, cells_of, evidence_of
from asymmetry.simulation.worlds.world import (
    AWKWARD,
    EITHER,
    VGG,
    Expected,
    World,
    design_of,
    nothing,
)

RANDOM_AND_RIVALS = ["dists-vgg16-random", "dists-vgg16", "dists-resnet50", "ssim", "vif", "gmsd"]


def worlds() -> list[World]:
    """All of them."""
    settings = [VGG, ("vit-patch", "vit-small", "patch")]
    grids = {
        name: cells_of(RANDOM_AND_RIVALS, settings, (0.01, 0.1), 2 if name == "two seeds" else 3)
        for name in (
            *("plain", "two seeds", "large common effects of seeds", "t2-tailed scores"),
            *("three times the noise with the adversary", "20 % diverged at the highest weight"),
        )
    }
    skill = pd.DataFrame({"z": 1.0, "error": 0.1}, index=RANDOM_AND_RIVALS)
    skill.loc[RANDOM_AND_RIVALS[0], "z"] = 0.5
    expected = [Expected("H4", "", EITHER)]

    def world(name: str, cells: pd.DataFrame) -> World:
        chance = AWKWARD.get(name, Chance())
        alike = replace(chance, by_judge=0.0)  # or judges would differ in the mean of the losses
        return World(
            name,
            "random and pretrained weights are equal in every setting",
            lambda rng: evidence_of(cells, nothing, alike, rng, losses=skill),
            expected,
            design_of(cells),
        )

    return [world(name, cells) for name, cells in grids.items()]
