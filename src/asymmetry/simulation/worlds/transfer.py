"""H7: discriminators that recover half of what ImageNet brings, or nothing."""

from itertools import product

import numpy as np
import pandas as pd

from asymmetry.analysis.hypotheses.contract import ALL
from asymmetry.analysis.hypotheses.evidence import Evidence
from asymmetry.simulation.study import Chance, cells_of, evidence_of
from asymmetry.simulation.worlds.world import EITHER, VGG, Expected, World, nothing

_SEEDS = 3


def worlds() -> list[World]:
    """All of them."""
    cells = cells_of(["ssim"], [VGG], (0.1,), 1)
    found = []
    for name, trunks, fraction in (
        ("plain", 6, 0.5),
        ("plain", 6, 0.0),
        ("plain", 2, 0.5),
        ("plain", 2, 0.0),
    ):
        wrong = [Expected("H7", "probe, nr: fraction", EITHER, 0.5)]
        if not fraction:
            wrong = [Expected("H7", "probe, nr: gain", EITHER, 0.0)]

        def make(
            rng: np.random.Generator, trunks: int = trunks, fraction: float = fraction
        ) -> Evidence:
            rows = _transferred(rng, trunks, fraction)
            chance = Chance(images=1)
            return evidence_of(cells, nothing, chance, rng, tables={"transfer": rows})

        truth = f"discriminators on {trunks} trunks recover {fraction:.0%} of ImageNet's gain"
        design = f"{trunks} trunks, {_SEEDS} seeds, one set of 40 test images"
        found.append(World(name, truth, make, wrong, design))
    return found


def _transferred(rng: np.random.Generator, trunks: int, fraction: float) -> pd.DataFrame:
    """The table `transfer`: trunks differ in what they recover, from three on."""
    own = (0.1 if trunks > 2 else 0.0) * rng.standard_normal(trunks)
    image, rows = 0.03, []
    shared = image * rng.standard_normal(3)  # of the test images, in each start
    for trunk, seed in product(range(trunks), range(_SEEDS)):
        gain = 0.3 * (fraction + own[trunk])
        for place, (start, level) in enumerate(
            (("random", 0.3), ("discriminator", 0.3 + gain), ("pretrained", 0.6))
        ):
            value = level + shared[place] + 0.02 * rng.standard_normal()
            rows.append((f"trunk{trunk}", f"trunk{trunk}-patch", start, seed, value))
    table = pd.DataFrame(
        rows, columns=["backbone", "discriminator", "initialisation", "seed", "value"]
    )
    half = 1.96 * image
    return table.assign(
        run="", head="patch", fidelity=None, adversarial_weight=np.nan, mode="probe",
        reference="nr", set=ALL, split=0, part="test", statistic="srcc", n=40, status="ok",
        low=table["value"] - half, high=table["value"] + half,
    )  # fmt: skip
