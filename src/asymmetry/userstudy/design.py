"""Which two cells are compared on which photo, and who stands left: balanced, counted from a seed.

A paired comparison needs no cell twice as often as another, no photo, and no side.
"""

from collections import Counter, defaultdict
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any, TypeVar

import numpy as np

from asymmetry.core.randomness import draws

STREAM = "userstudy"
T = TypeVar("T")


@dataclass(frozen=True)
class Arena:
    """What may be compared with each other: the cells of one task and generator on one set."""

    task: str
    generator: str
    set: str
    cells: tuple[str, ...]
    photos: tuple[str, ...]


@dataclass(frozen=True)
class Pair:
    """Two cells of an arena on one of its photos."""

    arena: int
    photo: str
    left: str
    right: str


def balanced_pairs(arenas: Sequence[Arena], count: int, seed: int) -> list[Pair]:
    """`count` pairs; every arena has two cells or more, and a photo.

    After any number of them, the appearances of an arena's cells differ by one at most, so do those
    of its photos, and no cell was left and right with a difference above one. Of equal choices,
    cells that have met least, and a photo that they have seen least, come first.
    """
    rng = draws(seed, f"{STREAM}/pairs")
    cells = [(index, cell) for index, arena in enumerate(arenas) for cell in arena.cells]
    shown, used, met, seen = (Counter[tuple[Any, ...]]() for _ in range(4))
    found = []
    for _ in range(count):
        index, one = _rarest(cells, [shown[place] for place in cells], rng)
        others = [cell for cell in arenas[index].cells if cell != one]
        rarity = [(shown[index, cell], met[index, one, cell]) for cell in others]
        other = _rarest(others, rarity, rng)
        photos = arenas[index].photos
        with_both = [seen[index, one, name] + seen[index, other, name] for name in photos]
        rarity = [
            (used[index, name], with_it) for name, with_it in zip(photos, with_both, strict=True)
        ]
        photo = _rarest(photos, rarity, rng)
        shown.update([(index, one), (index, other)])
        used.update([(index, photo)])
        met.update([(index, one, other), (index, other, one)])
        seen.update([(index, one, photo), (index, other, photo)])
        found.append((index, photo, one, other))
    return _sided(found, rng)


def _rarest(items: Sequence[T], rarity: Sequence[Any], rng: np.random.Generator) -> T:
    """One of the items of the least rarity, drawn."""
    least = min(rarity)
    close = [item for item, item_rarity in zip(items, rarity, strict=True) if item_rarity == least]
    return close[rng.integers(len(close))]


def _sided(found: list[tuple[int, str, str, str]], rng: np.random.Generator) -> list[Pair]:
    """The pairs with their sides: each cell's appearances, two by two, are one left and one right.

    So pairs hang together in chains, in which one side decides all others; a chain's first is
    drawn. A chain may close: it has as many ends that come in as go out, so that always fits.
    """
    ends = defaultdict(list)
    for number, (arena, _, one, other) in enumerate(found):
        ends[arena, one].append((number, one))
        ends[arena, other].append((number, other))
    partner = {}
    for appearances in ends.values():
        for a, b in zip(appearances[::2], appearances[1::2]):  # noqa: B905 - an odd last one has no partner
            partner[a], partner[b] = b, a
    left: dict[int, str] = {}
    for start in range(len(found)):
        if start in left:
            continue
        sides = list(found[start][2:])
        left[start] = sides[rng.integers(2)]
        for cell in sides:
            number, here, is_left = start, cell, left[start] == cell
            while (number, here) in partner:
                number, here = partner[number, here]
                if number in left:
                    break
                is_left = not is_left
                far = next(name for name in found[number][2:] if name != here)
                left[number] = here if is_left else far
                here, is_left = far, not is_left
    return [
        Pair(arena, photo, *((one, other) if left[number] == one else (other, one)))
        for number, (arena, photo, one, other) in enumerate(found)
    ]
