"""What a truth is: how a study of it is made, and which verdicts would be wrong in it."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from itertools import product

import numpy as np
import pandas as pd

from asymmetry.analysis.hypotheses.evidence import Evidence
from asymmetry.simulation.study import Chance
from asymmetry.stats.arrays import Array
from asymmetry.tables.schemas import CONTRADICTED, EQUAL, SUPPORTED

EITHER = (SUPPORTED, CONTRADICTED)
# Where a claim holds, by no more than what is declared to be no difference: the hardest truth for
# "practically equal", which is right a little below it.
AT_THE_MARGIN = (CONTRADICTED, EQUAL)
MARGIN = 0.1  # standard deviations between the cells without an adversary


@dataclass(frozen=True)
class Expected:
    """Of a claim's finding whose regime begins with `regime`: the wrong verdicts, the true value.

    `true` is None where the world has no single one.
    """

    hypothesis: str
    regime: str
    wrong: tuple[str, ...]
    true: float | None = 0.0


@dataclass(frozen=True)
class World:
    """A truth: `name` in words, how evidence of it is made, and what is expected of it.

    `design` is that of its studies, in words.
    """

    name: str
    truth: str
    make: Callable[[np.random.Generator], Evidence]
    expected: Sequence[Expected]
    design: str


# Chance in all worlds, and each awkwardness by name.
AWKWARD = {
    "plain": Chance(),
    "large common effects of seeds": Chance(seeds=3.0),
    "t2-tailed scores": Chance(tails=2.0),
    "ties": Chance(ties=True),
    "a judge lacks 30 % of the cells": Chance(missing=0.3),
    "20 % diverged at the highest weight": Chance(diverged=0.2),
    "three times the noise with the adversary": Chance(adversarial=3.0),
    "two camps of judges": Chance(camps=True),
}
# So little chance that a design can tell a difference of the margin from none.
LITTLE = Chance(training=0.03, scores=0.1, by_image={}, by_judge=0.0)
LOSSES = [f"loss{place}" for place in range(15)]
VGG = ("vgg-patch", "vgg16", "patch")
TRUNKS = ("vgg16", "resnet50", "convnext-tiny", "vit-small", "swin-tiny", "clip-vit-b32")
HEADS = [(f"{trunk}-{head}", trunk, head) for trunk, head in product(TRUNKS, ("patch", "vanilla"))]


def design_of(cells: pd.DataFrame) -> str:
    """The design of a grid in words: `15 losses, 1 discriminator, 1 weight, 3 seeds`."""
    games = cells[cells["adversarial_weight"] > 0]
    counts = {
        "loss": cells["fidelity"].nunique(),
        "trunk": games["backbone"].nunique(),
        "discriminator": games["discriminator"].nunique(),
        "weight": games["adversarial_weight"].nunique(),
        "seed": cells["seed"].nunique(),
    }
    words = {name: f"{name}es" if name == "loss" else f"{name}s" for name in counts}
    return ", ".join(
        f"{count} {name if count == 1 else words[name]}" for name, count in counts.items()
    )


def nothing(cells: pd.DataFrame, _rng: np.random.Generator) -> Array:
    """Quality [cells] in which no cell is better than another."""
    return np.zeros(len(cells))
