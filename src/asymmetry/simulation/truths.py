"""What may be true of a study: each claim, its opposite, and the border between them.

The sizes are the smallest effects worth having: those that the claims' own power columns assume, in
standard deviations between cells. What the truth says nothing of is drawn from the components.
"""

from collections.abc import Sequence
from dataclasses import dataclass, replace

import numpy as np
import pandas as pd

from asymmetry.analysis.adversary import ASSUMED
from asymmetry.analysis.hypotheses import (
    h01_prediction,
    h02_misalignment,
    h03_dominance,
    h05_patch,
    h06_family,
    h11_optimisability,
)
from asymmetry.analysis.hypotheses.h04_random_weights import RANDOM
from asymmetry.backbones.families import is_transformer
from asymmetry.simulation.components import Components
from asymmetry.simulation.study import adversarial, of_levels
from asymmetry.stats.arrays import Array

CLAIM, BORDER, OPPOSITE = "claim", "border", "opposite"
NAMES = (CLAIM, BORDER, OPPOSITE)


@dataclass(frozen=True)
class Truth:
    """What is true on average.

    `skill`: the rank correlations of skill with the effect of a loss, without and with an
    adversary; `recovery`: that of optimisability with both. `spread`: the deviation between losses
    with an adversary over that without; None as the components say. `design`: the share of
    discriminators in the variance with an adversary; None likewise. Differences of means:
    `patch` over vanilla heads, `transformer` over convolutional trunks, and so much more with each
    decade of the weight, `adversary` over none, `random` weights over other losses.
    """

    skill: tuple[float, float] = (0.0, 0.0)
    recovery: float = 0.0
    spread: float | None = None
    design: float | None = None
    patch: float = 0.0
    transformer: float = 0.0
    adversary: float = 0.0
    random: float = 0.0


@dataclass(frozen=True)
class Question:
    """Claims that one truth, its border and its opposite decide.

    Without a `border` there is none at which either verdict is wrong.
    """

    hypotheses: Sequence[str]
    claim: Truth
    border: Truth | None
    opposite: Truth

    @property
    def truths(self) -> dict[str, Truth]:
        """What may be true, by name."""
        found = {CLAIM: self.claim, BORDER: self.border, OPPOSITE: self.opposite}
        return {name: truth for name, truth in found.items() if truth is not None}


_SIZE = h05_patch.ASSUMED
_KINDS = Truth(patch=_SIZE, transformer=-h06_family.ASSUMED, random=_SIZE)
_RHO, _CHANGE = h01_prediction.ASSUMED, h02_misalignment.ASSUMED
_HALF_SPREAD = float(np.sqrt(1 - h03_dominance.ASSUMED))
QUESTIONS = (
    Question(
        # Nowhere are both wrong: contradicted is right above 0, supported below a strong rho.
        ("H1",),
        Truth(),
        None,
        Truth(skill=(_RHO, _RHO)),
    ),
    Question(
        ("H2",),
        Truth(skill=(_CHANGE, 0.0)),
        Truth(skill=(_CHANGE / 2,) * 2),
        Truth(skill=(0.0, _CHANGE)),
    ),
    Question(
        ("H3",), Truth(spread=_HALF_SPREAD), Truth(spread=1.0), Truth(spread=1 / _HALF_SPREAD)
    ),
    Question(
        ("H4", "H5", "H5b", "H6", "H6b"),
        _KINDS,
        Truth(),
        replace(_KINDS, patch=-_SIZE, transformer=h06_family.ASSUMED, random=-_SIZE),
    ),
    Question(("H14", "H15"), Truth(adversary=ASSUMED), Truth(), Truth(adversary=-ASSUMED)),
    Question(
        ("H11",),
        Truth(recovery=h11_optimisability.ASSUMED),
        Truth(),
        Truth(skill=(h11_optimisability.ASSUMED,) * 2),
    ),
    Question(("H16",), Truth(design=0.75), Truth(design=0.5), Truth(design=0.25)),
    Question(("H17",), Truth(design=0.25), Truth(design=0.5), Truth(design=0.75)),
)


def losses_of(
    names: Sequence[str], truth: Truth, of: Components, rng: np.random.Generator
) -> pd.DataFrame:
    """Losses [rows] drawn under a truth: their effects `alone` and `beside` an adversary.

    True `skill` and `recovery` are of mean 0 and deviation 1.
    """
    skill, recovery = rng.standard_normal((2, len(names)))
    # Pearson's correlations of normal scores with these rank correlations (Pearson 1907).
    on_skill = [2 * np.sin(np.pi * rho / 6) for rho in truth.skill]
    on_recovery = 2 * np.sin(np.pi * truth.recovery / 6)
    rest = rng.standard_normal((2, len(names)))
    rest[1] = of.kept * rest[0] + np.sqrt(1 - of.kept**2) * rest[1]
    alone, beside = (
        of_skill * skill
        + on_recovery * recovery
        + np.sqrt(max(0.0, 1 - of_skill**2 - on_recovery**2)) * own
        for of_skill, own in zip(on_skill, rest, strict=True)
    )
    random = truth.random * np.array([name == RANDOM for name in names])
    spread = of.losses_beside if truth.spread is None else truth.spread * of.losses
    if truth.design is not None:
        spread = _whole(of) * np.sqrt(1 - truth.design)
    effects = {"alone": of.losses * alone + random, "beside": spread * beside + random}
    return pd.DataFrame(effects | {"skill": skill, "recovery": recovery}, index=list(names))


def quality(
    cells: pd.DataFrame,
    losses: pd.DataFrame,
    truth: Truth,
    of: Components,
    rng: np.random.Generator,
) -> Array:
    """The quality of cells [cells] under a truth; `losses` as `losses_of` draws them."""
    beside = adversarial(cells)
    trunks, weights = cells["backbone"], cells["adversarial_weight"].to_numpy(dtype=float)
    positive = np.unique(weights[weights > 0])
    decades = np.log10(np.where(beside, weights, 1.0))
    decades -= np.log10(positive).mean() if len(positive) else 0.0
    sign = np.where(cells["head"] == "patch", 0.5, np.where(cells["head"] == "vanilla", -0.5, 0.0))
    transformer = trunks.map(is_transformer, "ignore").eq(True).to_numpy(dtype=float)
    found = truth.patch * sign
    found = found + truth.transformer * (transformer - 0.5) * trunks.notna() * (1 + decades)
    if truth.design is None:
        found = found + _drawn(cells, "backbone", of.trunks, rng)
        found = found + 2 * sign * _drawn(cells, "backbone", of.heads, rng)
        found = found + _drawn(cells, "adversarial_weight", of.weights, rng)
    else:
        found = found + _drawn(cells, "discriminator", _whole(of) * np.sqrt(truth.design), rng)
    if beside.any():
        # What these trunks and weights do on average is what the adversary does.
        of_losses = pd.Series(found[beside]).groupby(cells["fidelity"].to_numpy()[beside]).mean()
        found = found - float(of_losses.mean()) + truth.adversary
    pairs = cells.assign(pair=cells["fidelity"] + " " + cells["discriminator"])
    found = found + _drawn(pairs, "pair", of.mixed, rng)
    alone, with_one = (
        cells["fidelity"].map(losses[name]).to_numpy(dtype=float) for name in ("alone", "beside")
    )
    return np.where(beside, with_one + found, alone)


def _whole(of: Components) -> float:
    """The deviation of losses and discriminators together, with an adversary."""
    return float(np.sqrt(of.losses_beside**2 + of.trunks**2 + of.heads**2))


def _drawn(cells: pd.DataFrame, column: str, size: float, rng: np.random.Generator) -> Array:
    levels = cells[column].nunique()
    return of_levels(cells, column, size * rng.standard_normal(max(levels, 1)))
