"""How often verdicts are wrong, and intervals miss the truth, over many simulated studies."""

from collections import defaultdict
from collections.abc import Mapping
from dataclasses import dataclass
from types import ModuleType

import numpy as np

from asymmetry.analysis.hypotheses.contract import Finding
from asymmetry.analysis.hypotheses.examine import examine
from asymmetry.core.randomness import draws
from asymmetry.simulation.worlds.world import Expected, World
from asymmetry.tables.schemas import EQUAL


@dataclass(frozen=True)
class Rate:
    """Of a claim in a world, over `findings` findings: how many are wrong, and cover the truth.

    `wrong` counts verdicts. Where "practically equal" is wrong, as the difference is `at_margin`,
    `equal` counts those that say it. `covered` of `intervals` counts those that contain the true
    value. `design` is that of the studies, in words.
    """

    hypothesis: str
    regime: str
    truth: str
    world: str
    design: str
    studies: int
    findings: int
    wrong: int
    equal: int
    at_margin: bool
    intervals: int
    covered: int


def key_of(world: World) -> str:
    """What identifies a world."""
    claims = " ".join(dict.fromkeys(one.hypothesis for one in world.expected))
    return f"{claims}: {world.truth}, {world.name}"


def of_world(world: World, studies: int, modules: Mapping[str, ModuleType]) -> list[Rate]:
    """The rates of every claim that a world expects something of."""
    counts: defaultdict[int, list[int]] = defaultdict(lambda: [0, 0, 0, 0, 0])
    for index in range(studies):
        evidence = world.make(draws(0, f"simulation/{key_of(world)}", step=index))
        asked = {one.hypothesis for one in world.expected}
        found = {name: examine(modules[name], evidence) for name in asked}
        for place, expected in enumerate(world.expected):
            for one in found[expected.hypothesis]:
                if one.regime.startswith(expected.regime):
                    _count(counts[place], one, expected)
    return [
        _rate(world, expected, studies, counts[place])
        for place, expected in enumerate(world.expected)
        if counts[place][0]
    ]


def _rate(world: World, expected: Expected, studies: int, counts: list[int]) -> Rate:
    findings, wrong, equal, intervals, covered = counts
    return Rate(
        expected.hypothesis,
        expected.regime,
        world.truth,
        world.name,
        world.design,
        studies,
        findings,
        wrong,
        equal,
        EQUAL in expected.wrong,
        intervals,
        covered,
    )


def _count(counts: list[int], found: Finding, expected: Expected) -> None:
    counts[0] += 1
    counts[1] += found.verdict in expected.wrong
    counts[2] += found.verdict == EQUAL and EQUAL in expected.wrong
    true = expected.true
    if true is not None and np.isfinite(found.low) and np.isfinite(found.high):
        counts[3] += 1
        counts[4] += int(found.low <= true <= found.high)
