"""The power of a study before it is trained: its own grid, simulated, through its real analysis.

Each simulated study has effects, chance and skill drawn from `Components`, under a truth: the
claim, with the smallest effect worth having; the border, where either verdict would be wrong; and
the opposite.
"""

from collections import Counter, defaultdict
from collections.abc import Callable, Collection, Iterator, Sequence
from concurrent.futures import ProcessPoolExecutor, as_completed
from dataclasses import dataclass, replace
from multiprocessing import get_context

import numpy as np
import pandas as pd

from asymmetry.analysis.hypotheses.contract import Finding
from asymmetry.analysis.hypotheses.evidence import Evidence
from asymmetry.analysis.hypotheses.examine import DESCRIPTIVE_ONLY, examine
from asymmetry.analysis.hypotheses.registry import load_hypotheses
from asymmetry.core.randomness import draws
from asymmetry.simulation.components import Components
from asymmetry.simulation.design import Design
from asymmetry.simulation.study import observed
from asymmetry.simulation.truths import BORDER, CLAIM, NAMES, QUESTIONS, losses_of, quality
from asymmetry.tables.schemas import (
    COLUMNS,
    CONTRADICTED,
    OK,
    SUPPORTED,
)

_PHOTOS = 8  # of the descents that measure optimisability
_OF_PHOTO = 0.3  # the deviation of a photo's recovery, in that between losses
_BATCH = 5  # studies of a task of a process


@dataclass(frozen=True)
class Power:
    """Of a claim's findings in one regime under one truth: the share of each verdict.

    Over all simulated `studies` and axes; `width` is the mean of the intervals' widths.
    """

    hypothesis: str
    regime: str
    truth: str
    studies: int
    shares: dict[str, float]
    width: float

    @property
    def right(self) -> float:
        """The share of right verdicts: the power, and at the border that of no decision."""
        supported, contradicted = (self.shares.get(one, 0.0) for one in (SUPPORTED, CONTRADICTED))
        if self.truth == BORDER:
            return 1 - supported - contradicted
        return supported if self.truth == CLAIM else contradicted


@dataclass(frozen=True)
class Setup:
    """A design, on so many images, with these components."""

    design: Design
    components: Components
    images: int
    seed: int = 0

    def evidence(self, question: int, truth: str, index: int) -> Evidence:
        """One simulated study."""
        rng = draws(self.seed, f"power/{question}/{truth}", step=index)
        cells, names, of = self.design.cells, self.design.losses, self.components
        true = QUESTIONS[question].truths[truth]
        losses = losses_of(names, true, of, rng)
        chance = of.chance(self.images)
        if true.design is not None:
            # What these judges make of losses is a part of the losses' variance on their axis.
            chance = replace(chance, by_judge=0.0)

        def values(own: pd.DataFrame, _scope: int) -> np.ndarray:
            found = quality(own, losses, true, of, rng)
            return observed(own, found, chance, rng, len(self.design.judges))

        measured = losses["skill"] + of.skill * rng.standard_normal(len(names))
        skill = pd.DataFrame({"z": 1 + 0.3 * measured, "error": 0.3 * of.skill}, index=names)
        some = pd.DataFrame([{}]).reindex(columns=COLUMNS["skill"])  # says that there are some
        tables = {"skill": some, "optimisability": _recovered(losses["recovery"], rng)}
        return self.design.evidence(cells, values, skill, tables)


def _recovered(recovery: pd.Series, rng: np.random.Generator) -> pd.DataFrame:
    """The table `optimisability` of losses with this recovery."""
    noise = _OF_PHOTO * rng.standard_normal((len(recovery), _PHOTOS))
    photos = [f"photo{place}/noise" for place in range(_PHOTOS)]
    rows = pd.MultiIndex.from_product([recovery.index, photos])
    table = rows.to_frame(index=False, name=["fidelity", "image"])
    values = (recovery.to_numpy()[:, None] + noise).ravel()
    return table.assign(statistic="recovery", value=values, status=OK)


@dataclass(frozen=True)
class _Task:
    """Studies `first` to `first + count` of a question under one of its truths."""

    question: int
    truth: str
    first: int
    count: int


# Of a claim, a regime and a truth: how often each verdict, and the widths of intervals.
_Tally = dict[tuple[str, str, str], tuple[Counter[str], list[float]]]


def powers(
    setup: Setup,
    claims: Collection[str],
    studies: int,
    truths: Sequence[str] = NAMES,
    jobs: int = 1,
    advance: Callable[[int], None] = lambda _studies: None,
) -> list[Power]:
    """The power of each of these `claims` that a study simulates, by regime and truth.

    `advance` is told how many studies have been made since.
    """
    tasks = [
        _Task(place, truth, first, min(_BATCH, studies - first))
        for place, question in enumerate(QUESTIONS)
        if set(question.hypotheses) & set(claims)
        for truth in truths
        if truth in question.truths
        for first in range(0, studies, _BATCH)
    ]
    tally: _Tally = defaultdict(lambda: (Counter(), []))
    for task, found in _made(setup, tasks, claims, jobs):
        for key, (verdicts, widths) in found.items():
            tally[key][0].update(verdicts)
            tally[key][1].extend(widths)
        advance(task.count)
    return [_power(key, studies, *own) for key, own in sorted(tally.items(), key=_place)]


def simulated(claims: Collection[str]) -> list[str]:
    """Those of the claims that a simulated study has data for, and that have verdicts."""
    asked = [name for question in QUESTIONS for name in question.hypotheses]
    return [name for name in asked if name in claims and name not in DESCRIPTIVE_ONLY]


def number_of_studies(claims: Collection[str], studies: int, truths: Sequence[str] = NAMES) -> int:
    """How many studies `powers` makes."""
    asked = [question for question in QUESTIONS if set(question.hypotheses) & set(claims)]
    return studies * sum(truth in question.truths for question in asked for truth in truths)


def _made(
    setup: Setup, tasks: Sequence[_Task], claims: Collection[str], jobs: int
) -> Iterator[tuple[_Task, _Tally]]:
    if jobs == 1:
        yield from ((task, _tallied(setup, task, claims)) for task in tasks)
        return
    with ProcessPoolExecutor(jobs, get_context("spawn")) as pool:
        running = {pool.submit(_tallied, setup, task, set(claims)): task for task in tasks}
        for done in as_completed(running):
            yield running[done], done.result()


def _tallied(setup: Setup, task: _Task, claims: Collection[str]) -> _Tally:
    modules = {module.ID: module for module in load_hypotheses()}
    found: _Tally = {}
    for index in range(task.first, task.first + task.count):
        evidence = setup.evidence(task.question, task.truth, index)
        for name in QUESTIONS[task.question].hypotheses:
            for one in examine(modules[name], evidence) if name in claims else ():
                if not _of_one_trunk(one):
                    key = name, one.regime, task.truth
                    verdicts, widths = found.setdefault(key, (Counter(), []))
                    verdicts[one.verdict] += 1
                    widths += [one.high - one.low] if np.isfinite(one.high - one.low) else []
    return found


def _of_one_trunk(finding: Finding) -> bool:
    """Whether a finding is beside the claim's own: of a single trunk."""
    return finding.regime.startswith("for ") and not finding.regime.startswith("for these")


def _power(
    key: tuple[str, str, str], studies: int, verdicts: Counter[str], widths: list[float]
) -> Power:
    count = sum(verdicts.values())
    shares = {name: verdicts[name] / count for name in verdicts}
    return Power(*key, studies, shares, float(np.mean(widths)) if widths else float("nan"))


def _place(item: tuple[tuple[str, str, str], object]) -> tuple[int, str, str, int]:
    name, regime, truth = item[0]
    number = "".join(filter(str.isdigit, name))
    return int(number), name, regime, NAMES.index(truth)
