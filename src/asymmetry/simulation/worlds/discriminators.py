"""H5, H6 and the same by detail: heads and families that do not differ on average."""

from collections.abc import Sequence
from dataclasses import replace

import numpy as np
import pandas as pd

from asymmetry.analysis.games import CHANCE, SETTING, Setting
from asymmetry.analysis.hypotheses.evidence import Evidence
from asymmetry.backbones.families import is_transformer
from asymmetry.simulation.study import (
    JUDGES,
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
    MARGIN,
    Expected,
    World,
    design_of,
)
from asymmetry.stats.arrays import Array


def worlds() -> list[World]:
    """All of them."""
    over = [
        Expected("H5", "over trunks", EITHER),
        Expected("H6", "level, over", EITHER),
        Expected("H6", "slope over log10 of the weight, over", EITHER),
        Expected("H6", "collapsed", EITHER, None),
    ]
    by_detail = [Expected("H5b", "over trunks", EITHER), Expected("H6b", "level, over", EITHER)]
    these = [
        Expected("H5", "for these trunks", EITHER),
        Expected("H6", "level, for these", EITHER),
        Expected("H6", "slope over log10 of the weight, for these", EITHER),
        Expected("H6", "collapsed", EITHER, None),
    ]
    by_image = {"fidelity": 0.4, "head": 0.2, "backbone": 0.2}
    singly = _trunks_differ(1.0)
    found = []
    for name in (
        *("plain", "large common effects of seeds", "t2-tailed scores", "ties"),
        *("a judge lacks 30 % of the cells", "20 % diverged at the highest weight"),
        *("one seed", "two seeds"),
    ):
        chance = replace(AWKWARD.get(name, Chance()), by_image=by_image)
        seeds = {"one seed": 1, "two seeds": 2}.get(name, 3)
        cells = cells_of(["ssim", "vif"], HEADS, (0.01, 0.1), seeds)
        truth = "trunks and heads differ singly, not on average"
        expected = [*over, *by_detail] if name == "plain" else over
        found.append(_discriminator_world(name, truth, cells, singly, chance, expected))
    found.append(_with_games_left_out(found[0], over))
    cells = cells_of(["ssim", "vif"], HEADS, (0.01, 0.1), 3)
    plain = replace(Chance(), by_image=by_image)
    truth = "trunks and heads do not differ at all"
    found.append(_discriminator_world("plain", truth, cells, _trunks_differ(0.0), plain, over))
    few = [one for one in HEADS if one[1] in ("vgg16", "vit-small")]
    for name in ("plain", "large common effects of seeds", "t2-tailed scores", "two seeds"):
        chance = replace(AWKWARD.get(name, Chance()), by_image=by_image)
        cells = cells_of(["ssim", "vif"], few, (0.01, 0.1), 2 if name == "two seeds" else 3)
        truth = "two trunks that do not differ"
        found.append(_discriminator_world(name, truth, cells, _trunks_differ(0.0), chance, these))
    return [*found, _by_the_margin()]


def _with_games_left_out(world: World, expected: Sequence[Expected]) -> World:
    """The same truth, where a third of the games, by chance, was not played."""

    def make(rng: np.random.Generator) -> Evidence:
        evidence = world.make(rng)
        cells = evidence.judged[0].cells
        columns = cells.loc[cells["adversarial_weight"] > 0, SETTING]
        games = list(map(Setting._make, columns.drop_duplicates().itertuples(index=False)))
        left = rng.choice(len(games), len(games) // 3, replace=False)
        return replace(evidence, unplayed={games[place]: CHANCE for place in left})

    name = "a third of the games was not played"
    return replace(world, name=name, make=make, expected=expected)


def _by_the_margin() -> World:
    """Patch heads, and convolutional trunks in level and slope, better by the margin."""
    cells = cells_of(["ssim", "vif"], HEADS, (0.01, 0.1), 3)

    def quality(cells: pd.DataFrame, _rng: np.random.Generator) -> Array:
        margin = MARGIN * _losses_apart(cells).std(ddof=1, where=~adversarial(cells))
        convolutional = ~cells["backbone"].map(is_transformer, "ignore").eq(True).to_numpy()
        better = (cells["head"] == "patch").to_numpy() + convolutional * (1.0 + _decades(cells))
        return _losses_apart(cells) + margin * np.where(adversarial(cells), better, 0)

    regimes = [
        ("H5", "over trunks"),
        ("H5b", "over trunks"),
        ("H6", "level, over"),
        ("H6", "slope over log10 of the weight, over"),
        ("H6b", "level, over"),
    ]
    expected = [Expected(*one, AT_THE_MARGIN, None) for one in regimes]
    truth = "patch heads and convolutional trunks are better by what is practically equal"
    return _discriminator_world("little chance", truth, cells, quality, LITTLE, expected)


def _losses_apart(cells: pd.DataFrame) -> Array:
    """The quality [cells] of two losses a standard deviation from their mean."""
    return of_levels(cells, "fidelity", np.array([-SPREAD, SPREAD]))


def _decades(cells: pd.DataFrame) -> Array:
    """log10 of the weight [cells] of cells with an adversary, from the middle of 0.01 and 0.1."""
    return np.log10(np.maximum(cells["adversarial_weight"].to_numpy(), 0.01)) + 1.5


def _trunks_differ(size: float) -> Quality:
    """Quality in which trunks, and heads of a trunk, differ by chance by so much."""

    def quality(cells: pd.DataFrame, rng: np.random.Generator) -> Array:
        trunks = cells["backbone"].nunique()
        level, slope, head = size * rng.standard_normal((3, trunks))
        sign = np.where(cells["head"] == "patch", 0.5, -0.5)
        slopes = of_levels(cells, "backbone", slope) * _decades(cells)
        found = of_levels(cells, "backbone", level) + slopes
        found = found + of_levels(cells, "backbone", head) * sign
        losses = SPREAD * rng.standard_normal(cells["fidelity"].nunique())
        return np.where(adversarial(cells), found, 0) + of_levels(cells, "fidelity", losses)

    return quality


def _discriminator_world(
    name: str,
    truth: str,
    cells: pd.DataFrame,
    quality: Quality,
    chance: Chance,
    expected: Sequence[Expected],
) -> World:
    # The measure is one of the judges too: a judge more would be another study.
    judges = (*JUDGES[:2], "coherence")
    return World(
        name,
        truth,
        lambda rng: evidence_of(cells, quality, chance, rng, judges=judges),
        expected,
        design_of(cells),
    )
