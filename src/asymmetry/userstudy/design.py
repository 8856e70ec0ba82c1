"""The design of the paired comparisons: which two cells, on which photo, and which one is left.

It is balanced, so that no cell, photo or side appears more often than another. Its draws are
counted from a seed.
"""

from collections import Counter, defaultdict
from collections.abc import Sequence
from dataclasses import dataclass, replace
from typing import Any, Literal, TypeVar

import numpy as np

from asymmetry.core.randomness import draws

STREAM = "userstudy"
# The adaptive one chooses a pair when its rater comes to it: see `adaptive`.
Design = Literal["balanced", "adaptive"]
T = TypeVar("T")


@dataclass(frozen=True)
class Arena:
    """Cells that may be compared with each other: of one task and generator, on one set."""

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

    @property
    def exchanged(self) -> "Pair":
        """The same with sides exchanged."""
        return replace(self, left=self.right, right=self.left)


def balanced_pairs(arenas: Sequence[Arena], count: int, seed: int) -> list[Pair]:
    """`count` pairs of the arenas, each of which has at least two cells and a photo.

    After any number of pairs, the appearances of an arena's cells differ by at most one, and so do
    those of its photos and those of a cell on the left and on the right. Of equal choices, the
    cells that were paired least often come first, and the photo that they were shown on least.
    """
    rng = draws(seed, f"{STREAM}/pairs")
    cells = [(index, cell) for index, arena in enumerate(arenas) for cell in arena.cells]
    shown, used, met, seen = (Counter[tuple[Any, ...]]() for _ in range(4))
    found = []
    for _ in range(count):
        index, one = rarest(cells, [shown[place] for place in cells], rng)
        others = [cell for cell in arenas[index].cells if cell != one]
        rarity = [(shown[index, cell], met[index, one, cell]) for cell in others]
        other = rarest(others, rarity, rng)
        photos = arenas[index].photos
        with_both = [seen[index, one, name] + seen[index, other, name] for name in photos]
        rarity = [
            (used[index, name], with_it) for name, with_it in zip(photos, with_both, strict=True)
        ]
        photo = rarest(photos, rarity, rng)
        shown.update([(index, one), (index, other)])
        used.update([(index, photo)])
        met.update([(index, one, other), (index, other, one)])
        seen.update([(index, one, photo), (index, other, photo)])
        found.append((index, photo, one, other))
    return _sided(found, rng)


def rarest(items: Sequence[T], rarity: Sequence[Any], rng: np.random.Generator) -> T:
    """One of the items of the least rarity, drawn."""
    least = min(rarity)
    close = [item for item, item_rarity in zip(items, rarity, strict=True) if item_rarity == least]
    return close[rng.integers(len(close))]


def _sided(found: list[tuple[int, str, str, str]], rng: np.random.Generator) -> list[Pair]:
    """The pairs with sides: of each two successive appearances of a cell, one is left, one right.

    So pairs form chains, in which one side decides all others; the first side of a chain is drawn.
    A closed chain is consistent too, because each of its pairs has one cell on either side.
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
