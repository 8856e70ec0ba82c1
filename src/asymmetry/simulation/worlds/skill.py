"""H1, H2, H3, H11: losses, their skill and their effect in two regimes."""

from collections.abc import Sequence

import numpy as np
import pandas as pd

from asymmetry.analysis.hypotheses.evidence import Evidence
from asymmetry.simulation.study import Chance, adversarial, cells_of, evidence_of, of_levels
from asymmetry.simulation.worlds.world import (
    AWKWARD,
    EITHER,
    LOSSES,
    VGG,
    Expected,
    World,
    design_of,
)
from asymmetry.stats.arrays import Array
from asymmetry.study.fraction import balanced
from asymmetry.tables.schemas import CONTRADICTED, SUPPORTED


def _related(
    cells: pd.DataFrame, rng: np.random.Generator, rho: float, spread: float
) -> tuple[Array, pd.DataFrame, pd.DataFrame]:
    """Quality [cells], skill and recovery, with this rank correlation of each with the quality."""
    names = pd.unique(cells["fidelity"]).tolist()
    count, r = len(names), 2 * np.sin(np.pi * rho / 6)  # Pearson 1907
    rest = np.sqrt(1 - r**2)
    skill = rng.standard_normal(count)
    effect = 0.7 * (r * skill + rest * rng.standard_normal((2, count)))
    effect[1] *= spread
    with_adversary = of_levels(cells, "fidelity", effect[1])
    quality = np.where(adversarial(cells), with_adversary, of_levels(cells, "fidelity", effect[0]))
    error = 0.2
    measured = 1 + 0.3 * (skill + error * rng.standard_normal(count))
    losses = pd.DataFrame({"z": measured, "error": 0.3 * error}, index=names)
    return quality, losses, _recovered(names, skill, rng)


def _recovered(names: list[str], skill: Array, rng: np.random.Generator) -> pd.DataFrame:
    """The table `optimisability`: of losses whose recovery is independent of their skill."""
    recovery = rng.permutation(skill)
    photos = 8
    values = recovery[:, None] + 0.3 * rng.standard_normal((len(names), photos))
    rows = pd.MultiIndex.from_product([names, [f"p{i}/noise" for i in range(photos)]])
    table = rows.to_frame(index=False, name=["fidelity", "image"])
    return table.assign(statistic="recovery", value=values.ravel(), status="ok")


def worlds() -> list[World]:
    """All of them."""
    whole = cells_of(LOSSES, [VGG], (0.1,), 3)
    several = [VGG, ("vgg-vanilla", "vgg16", "vanilla"), ("vit-patch", "vit-small", "patch")]
    fraction = _fraction(cells_of(LOSSES, several, (0.01, 0.1, 1.0), 1), 60)
    fraction = pd.concat(
        [fraction, cells_of(LOSSES, [], (), 3).query("seed > 0")], ignore_index=True
    )
    grids = dict.fromkeys(AWKWARD, whole) | {
        "one seed": cells_of(LOSSES, [VGG], (0.1,), 1),
        "two seeds": cells_of(LOSSES, [VGG], (0.1,), 2),
        "a fraction of the settings": fraction,
    }
    found = []
    for name, cells in grids.items():
        chance = AWKWARD.get(name, Chance())
        nothing = [
            Expected("H1", "", (CONTRADICTED,)),
            Expected("H2", "", EITHER),
            *([Expected("H3", "", EITHER)] if cells is not fraction else []),
            Expected("H11", "", EITHER),
        ]
        some = [Expected("H1", "", (SUPPORTED,), 0.5), Expected("H2", "", EITHER)]
        found.append(
            _skill_world(name, "skill and effect have no relation", cells, chance, 0, 1, nothing)
        )
        if name in _ALSO_RELATED:
            found.append(
                _skill_world(name, "a true rank correlation of .5", cells, chance, 0.5, 1, some)
            )
    shrunken = [Expected("H1", "", (SUPPORTED,), 0.5), Expected("H2", "", EITHER)]
    found.append(
        _skill_world(
            "equal order, a third of the spread with the adversary",
            "a true rank correlation of .5", whole, Chance(training=0.15), 0.5, 1 / 3, shrunken,
        )
    )  # fmt: skip
    return found


_ALSO_RELATED = (
    "plain",
    "t2-tailed scores",
    "three times the noise with the adversary",
    "two seeds",
    "a fraction of the settings",
)


def _skill_world(
    name: str,
    truth: str,
    cells: pd.DataFrame,
    chance: Chance,
    rho: float,
    spread: float,
    expected: Sequence[Expected],
) -> World:
    def make(rng: np.random.Generator) -> Evidence:
        quality, losses, recovered = _related(cells, rng, rho, spread)
        tables = {"optimisability": recovered}
        return evidence_of(
            cells, lambda _cells, _rng: quality, chance, rng, losses=losses, tables=tables
        )

    return World(name, truth, make, expected, design_of(cells))


def _fraction(cells: pd.DataFrame, count: int) -> pd.DataFrame:
    """All cells without an adversary, and a balanced `count` of the others."""
    keys = list(
        zip(cells["fidelity"], cells["discriminator"], cells["adversarial_weight"], strict=True)
    )
    kept = set(balanced([key for key in keys if key[2] > 0], count, 0))
    return cells[[key in kept or key[2] == 0 for key in keys]].reset_index(drop=True)
