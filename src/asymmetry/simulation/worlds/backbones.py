"""H8: backbones whose families do not differ."""

from dataclasses import replace

import numpy as np
import pandas as pd

from asymmetry.analysis.hypotheses.evidence import Evidence
from asymmetry.simulation.study import Chance, cells_of, evidence_of
from asymmetry.simulation.worlds.world import EITHER, TRUNKS, VGG, Expected, World, nothing


def worlds() -> list[World]:
    """All of them."""
    cells = cells_of(["ssim"], [VGG], (0.1,), 1)
    backbones = [*("vgg16", "resnet50", "alexnet", "squeezenet"), *TRUNKS[2:], "dinov2-vits14"]
    expected = [Expected("H8", "synthetic", EITHER), Expected("H8", "interaction", EITHER)]

    def world(name: str, tails: float) -> World:
        def make(rng: np.random.Generator) -> Evidence:
            own = rng.standard_t(tails, len(backbones))
            rows = [
                (backbone, kind, 0.8 + 0.02 * own[place] + 0.01 * rng.standard_normal())
                for place, backbone in enumerate(backbones)
                for kind in ("tid2013", "pipal")
            ]
            table = pd.DataFrame(rows, columns=["backbone", "kind", "value"])
            table = table.assign(
                metric="dists-" + table["backbone"], set=table["kind"], role="metric"
            )
            table = table.assign(
                subset="all", statistic="srcc", value=np.clip(table["value"], -0.99, 0.99)
            )
            found = evidence_of(cells, nothing, Chance(images=1), rng)
            return replace(found, tables=replace(found.tables, skill=table))

        design = f"{len(backbones)} backbones, one synthetic and one authentic set"
        return World(name, "families of backbones do not differ", make, expected, design)

    return [world("plain", 50.0), world("t2-tailed scores", 2.0)]
