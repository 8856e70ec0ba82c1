"""The truths under which verdicts are tried: the plain null of each claim, and awkward ones.

A world says how a study of it is made, and for each claim which verdicts would be wrong in it and
what its interval should cover.
"""

from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace
from itertools import product

import numpy as np
import pandas as pd

from asymmetry.analysis.hypotheses.contract import ALL
from asymmetry.analysis.hypotheses.evidence import Evidence
from asymmetry.simulation.study import (
    JUDGES,
    Chance,
    Quality,
    adversarial,
    cells_of,
    evidence_of,
    of_levels,
)
from asymmetry.stats.arrays import Array
from asymmetry.study.fraction import balanced
from asymmetry.tables.schemas import CONTRADICTED, EQUAL, SUPPORTED

EITHER = (SUPPORTED, CONTRADICTED)
ANY = (*EITHER, EQUAL)


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
    """A truth: `name` in words, how evidence of it is made, and what is expected of it."""

    name: str
    truth: str
    make: Callable[[np.random.Generator], Evidence]
    expected: Sequence[Expected]


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
LOSSES = [f"loss{place}" for place in range(15)]
VGG = ("vgg-patch", "vgg16", "patch")
TRUNKS = ("vgg16", "resnet50", "convnext-tiny", "vit-small", "swin-tiny", "clip-vit-b32")
HEADS = [(f"{trunk}-{head}", trunk, head) for trunk, head in product(TRUNKS, ("patch", "vanilla"))]
RANDOM_AND_RIVALS = ["dists-vgg16-random", "dists-vgg16", "dists-resnet50", "ssim", "vif", "gmsd"]


def worlds() -> list[World]:
    """All of them."""
    return [
        *_of_skill(),
        *_of_random_weights(),
        *_of_discriminators(),
        *_of_the_adversary(),
        *_of_shares(),
        *_of_transfer(),
        *_of_backbones(),
    ]


# H1, H2, H3, H11: losses, their skill and their effect in two regimes.


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


def _of_skill() -> list[World]:
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

    return World(name, truth, make, expected)


def _fraction(cells: pd.DataFrame, count: int) -> pd.DataFrame:
    """All cells without an adversary, and a balanced `count` of the others."""
    keys = list(
        zip(cells["fidelity"], cells["discriminator"], cells["adversarial_weight"], strict=True)
    )
    kept = set(balanced([key for key in keys if key[2] > 0], count, 0))
    return cells[[key in kept or key[2] == 0 for key in keys]].reset_index(drop=True)


# H4: losses that are equal in every setting.


def _of_random_weights() -> list[World]:
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
            lambda rng: evidence_of(cells, _nothing, alike, rng, losses=skill),
            expected,
        )

    return [world(name, cells) for name, cells in grids.items()]


def _nothing(cells: pd.DataFrame, _rng: np.random.Generator) -> Array:
    return np.zeros(len(cells))


# H5, H6 and the same by detail: heads and families that do not differ on average.


def _of_discriminators() -> list[World]:
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
    return found


def _trunks_differ(size: float) -> Quality:
    """Quality in which trunks, and heads of a trunk, differ by chance by so much."""

    def quality(cells: pd.DataFrame, rng: np.random.Generator) -> Array:
        trunks = cells["backbone"].nunique()
        level, slope, head = size * rng.standard_normal((3, trunks))
        sign = np.where(cells["head"] == "patch", 0.5, -0.5)
        decades = np.log10(np.maximum(cells["adversarial_weight"].to_numpy(), 0.01)) + 1.5
        found = of_levels(cells, "backbone", level) + of_levels(cells, "backbone", slope) * decades
        found = found + of_levels(cells, "backbone", head) * sign
        losses = 0.7 * rng.standard_normal(cells["fidelity"].nunique())
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
        name, truth, lambda rng: evidence_of(cells, quality, chance, rng, judges=judges), expected
    )


# H14, H15: an adversary that changes losses singly, not on average.


def _of_the_adversary() -> list[World]:
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


# H16, H17: losses explain as much as discriminators and weights do.


def _of_shares() -> list[World]:
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


# H7: discriminators that recover half of what ImageNet brings, or nothing.


def _of_transfer() -> list[World]:
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
            return evidence_of(cells, _nothing, chance, rng, tables={"transfer": rows})

        truth = f"discriminators on {trunks} trunks recover {fraction:.0%} of ImageNet's gain"
        found.append(World(name, truth, make, wrong))
    return found


def _transferred(rng: np.random.Generator, trunks: int, fraction: float) -> pd.DataFrame:
    """The table `transfer`: trunks differ in what they recover, from three on."""
    own = (0.1 if trunks > 2 else 0.0) * rng.standard_normal(trunks)
    image, rows = 0.03, []
    shared = image * rng.standard_normal(3)  # of the test images, in each start
    for trunk, seed in product(range(trunks), range(3)):
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


# H8: backbones whose families do not differ.


def _of_backbones() -> list[World]:
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
            found = evidence_of(cells, _nothing, Chance(images=1), rng)
            return replace(found, tables=replace(found.tables, skill=table))

        return World(name, "families of backbones do not differ", make, expected)

    return [world("plain", 50.0), world("t2-tailed scores", 2.0)]
