"""How often verdicts are wrong, and intervals miss the truth, over many simulated studies."""

from collections import defaultdict
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from types import ModuleType
from typing import Any

import numpy as np
from scipy import stats

from asymmetry.analysis.hypotheses.examine import examine
from asymmetry.analysis.hypotheses.registry import load_hypotheses
from asymmetry.core.randomness import draws
from asymmetry.simulation.worlds import World, worlds

NOMINAL = 0.05
MOST_WRONG = 0.06  # of verdicts
COVERED = (0.92, 0.98)  # of intervals


@dataclass(frozen=True)
class Rate:
    """Of a claim in a world, over `findings` findings: how many are wrong, and cover the truth.

    `wrong` counts verdicts; `covered` of `intervals` counts those that contain the true value.
    """

    hypothesis: str
    regime: str
    truth: str
    world: str
    studies: int
    findings: int
    wrong: int
    intervals: int
    covered: int

    @property
    def acceptable(self) -> bool:
        """Whether as few are wrong, and as many cover, as should; by chance a few more may be."""
        few = self.wrong <= stats.binom.ppf(0.999, self.findings, NOMINAL)
        return few


def error_rates(studies: int, names: Iterable[str] = ()) -> Iterable[list[Rate]]:
    """The rates of one world after the other; `names` restrict the worlds to these."""
    chosen = set(names)
    modules = {module.ID: module for module in load_hypotheses()}
    for world in worlds():
        if not chosen or key_of(world) in chosen:
            yield of_world(world, studies, modules)


def key_of(world: World) -> str:
    """What identifies a world."""
    claims = " ".join(dict.fromkeys(one.hypothesis for one in world.expected))
    return f"{claims}: {world.truth}, {world.name}"


def of_world(world: World, studies: int, modules: Mapping[str, ModuleType]) -> list[Rate]:
    """The rates of every claim that a world expects something of."""
    counts: defaultdict[int, list[int]] = defaultdict(lambda: [0, 0, 0, 0])
    for index in range(studies):
        evidence = world.make(draws(0, f"simulation/{key_of(world)}", step=index))
        # Of several claims of one module, it is asked once.
        asked = {one.hypothesis for one in world.expected}
        found = {name: examine(modules[name], evidence) for name in asked}
        for place, expected in enumerate(world.expected):
            for one in found[expected.hypothesis]:
                if one.regime.startswith(expected.regime):
                    _count(counts[place], one.verdict in expected.wrong, one, expected.true)
    return [
        Rate(expected.hypothesis, expected.regime, world.truth, world.name, studies, *counts[place])
        for place, expected in enumerate(world.expected)
        if counts[place][0]
    ]


def _count(counts: list[int], wrong: bool, found: Any, true: float | None) -> None:
    counts[0] += 1
    counts[1] += wrong
    if true is not None and np.isfinite(found.low) and np.isfinite(found.high):
        counts[2] += 1
        counts[3] += found.low <= true <= found.high
