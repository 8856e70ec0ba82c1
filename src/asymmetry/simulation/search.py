"""How many losses, seeds or images a design needs for a power of .8, all else as it is.

One of them is changed at a time, from few to many. More losses are copies of those of the study,
each with an effect of its own, trained in the same settings; more seeds repeat every cell.
"""

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, replace

import pandas as pd

from asymmetry.simulation.design import Design
from asymmetry.simulation.power import Power, Setup, powers
from asymmetry.simulation.truths import CLAIM, OPPOSITE, QUESTIONS

ENOUGH = 0.8
SEEDS, IMAGES = (1, 2, 3, 5, 8), (6, 12, 24, 48, 96)
OF_LOSSES = (0.5, 1.0, 1.5, 2.0, 3.0)  # of the losses of the study
_SETTING = ["task", "generator", "fidelity", "discriminator", "adversarial_weight"]
_TRUTHS = (CLAIM, OPPOSITE)
_Key = tuple[str, str]  # a claim and a regime


@dataclass(frozen=True)
class Tried:
    """The power of a claim and regime under a truth in a design with this `number` of `what`."""

    what: str
    number: int
    power: Power


@dataclass(frozen=True)
class Needed:
    """Of a claim and regime, the least `number` of `what` with a power of .8; None: not so few.

    Both ways: to support the claim where it is true, and to contradict it where its opposite is.
    """

    hypothesis: str
    regime: str
    what: str
    number: int | None


def with_losses(design: Design, count: int) -> Design:
    """The design with its first losses, or with copies of them in turn."""
    names, parts = design.losses, []
    for place in range(count):
        again, index = divmod(place, len(names))
        own = design.cells[design.cells["fidelity"] == names[index]]
        name = f"{names[index]} ({again + 1})" if again else names[index]
        parts.append(own.assign(fidelity=name))
    return replace(design, cells=pd.concat(parts, ignore_index=True))


def with_seeds(design: Design, count: int) -> Design:
    """The design with so many seeds in every setting."""
    once = design.cells.drop_duplicates(_SETTING)
    parts = [once.assign(seed=seed, run=once["run"] + f" {seed}") for seed in range(count)]
    return replace(design, cells=pd.concat(parts, ignore_index=True))


def designs(setup: Setup) -> dict[str, list[tuple[int, Setup]]]:
    """The setups with each number of losses, seeds and images, by what is changed."""
    design, known = setup.design, len(setup.design.losses)
    losses = sorted({max(1, round(share * known)) for share in OF_LOSSES})
    return {
        "losses": [(n, replace(setup, design=with_losses(design, n))) for n in losses],
        "seeds": [(n, replace(setup, design=with_seeds(design, n))) for n in SEEDS],
        "images": [(n, replace(setup, images=n)) for n in IMAGES],
    }


def search(
    setup: Setup,
    asked: Sequence[Power],
    studies: int,
    jobs: int = 1,
    advance: Callable[[int], None] = lambda _studies: None,
) -> list[Tried]:
    """The power of each claim and regime of `asked` in larger designs, until it is enough.

    `advance` is told how many studies have been made since, or are not to be made.
    """
    return [
        one
        for what, setups in designs(setup).items()
        for one in _until_enough(what, setups, _pairs(asked), studies, jobs, advance)
    ]


def needed(asked: Sequence[Power], tried: Sequence[Tried]) -> list[Needed]:
    """What each claim and regime of `asked` needs, of what was tried."""
    found = []
    for key in _pairs(asked):
        for what in dict.fromkeys(one.what for one in tried):
            own = [one for one in tried if one.what == what]
            numbers = sorted({one.number for one in own})
            enough = [
                number
                for number in numbers
                if _enough([one.power for one in own if one.number == number], key)
            ]
            found.append(Needed(*key, what, next(iter(enough), None)))
    return found


def most_studies(claims: Sequence[str], studies: int) -> int:
    """How many studies `search` makes, at most."""
    questions = sum(bool(set(one.hypotheses) & set(claims)) for one in QUESTIONS)
    return (len(OF_LOSSES) + len(SEEDS) + len(IMAGES)) * questions * len(_TRUTHS) * studies


def _until_enough(
    what: str,
    setups: Sequence[tuple[int, Setup]],
    wanted: Sequence[_Key],
    studies: int,
    jobs: int,
    advance: Callable[[int], None],
) -> Iterator[Tried]:
    left = set(wanted)
    for number, setup in setups:
        claims = {name for name, _ in left}
        found = powers(setup, claims, studies, _TRUTHS, jobs, advance) if left else []
        found = [one for one in found if (one.hypothesis, one.regime) in left]
        left -= {key for key in left if _enough(found, key)}
        yield from (Tried(what, number, one) for one in found)


def _enough(found: Sequence[Power], key: _Key) -> bool:
    """Whether a claim and regime has enough power, of all truths that were simulated."""
    right = [one.right for one in found if (one.hypothesis, one.regime) == key]
    return min(right, default=0.0) >= ENOUGH


def _pairs(asked: Sequence[Power]) -> list[_Key]:
    return list(dict.fromkeys((one.hypothesis, one.regime) for one in asked))
