"""The questions of each rater, in order: a share of the pairs, repeats and catch trials."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Literal

import numpy as np

from asymmetry.core.errors import UserError
from asymmetry.core.randomness import draws
from asymmetry.userstudy.design import STREAM, Arena, Design, Pair, balanced_pairs

REFERENCE, WORSE = "reference", "worse"

Kind = Literal["pair", "repeat", "catch"]


@dataclass(frozen=True)
class Question:
    """A pair to be shown; `of` is the index in the session of the pair that a repeat repeats.

    `pair` is None where the adaptive design chooses it later, and in a repeat of such a pair.
    In a catch trial one side shows `REFERENCE`, and the other `WORSE`: the reference at an eighth
    of its resolution.
    """

    kind: Kind
    pair: Pair | None
    of: int | None = None


@dataclass(frozen=True)
class Lengths:
    """How many sessions there are, and how many pairs, repeats and catch trials each has."""

    raters: int
    pairs: int
    repeats: int
    catches: int


def sessions(
    arenas: Sequence[Arena], lengths: Lengths, seed: int, design: Design = "balanced"
) -> list[list[Question]]:
    """The questions of each session; those of any first sessions are balanced by themselves.

    In the adaptive design pairs are left open. Their places are those of the balanced one.

    Repeats are in the last third of a session. Each repeats a pair of the first third, with sides
    exchanged. Raises UserError where there are more repeats than a third of the pairs.
    """
    if lengths.repeats > lengths.pairs // 3:
        raise UserError(
            f"--repeats: {lengths.repeats} of {lengths.pairs} pairs are too many; "
            f"at most a third, {lengths.pairs // 3}"
        )
    size = lengths.pairs
    count = lengths.raters * size
    pairs: Sequence[Pair | None] = [None] * count
    if design == "balanced":
        pairs = balanced_pairs(arenas, count, seed)
    blocks = [pairs[start : start + size] for start in range(0, len(pairs), size)]
    return [
        _session(arenas, block, lengths, draws(seed, f"{STREAM}/session", rater), rater)
        for rater, block in enumerate(blocks)
    ]


def _session(
    arenas: Sequence[Arena],
    block: Sequence[Pair | None],
    lengths: Lengths,
    rng: np.random.Generator,
    rater: int,
) -> list[Question]:
    pairs = [block[position] for position in rng.permutation(len(block))]
    third = len(pairs) // 3
    order: list[tuple[Kind, int]] = [("pair", number) for number in range(len(pairs))]
    for number in rng.permutation(third)[: lengths.repeats]:
        order.insert(int(rng.integers(len(pairs) - third, len(order) + 1)), ("repeat", number))
    for number in range(lengths.catches):
        order.insert(int(rng.integers(len(order) + 1)), ("catch", number))
    position = {entry: index for index, entry in enumerate(order)}
    questions = []
    for kind, number in order:
        if kind == "pair":
            questions.append(Question(kind, pairs[number]))
        elif kind == "repeat":
            first = pairs[number]
            again = first and first.exchanged
            questions.append(Question(kind, again, position["pair", number]))
        else:
            questions.append(Question(kind, _catch(arenas, rng, (rater + number) % 2 == 0)))
    return questions


def _catch(arenas: Sequence[Arena], rng: np.random.Generator, reference_left: bool) -> Pair:
    """A photo beside its obviously worse version."""
    index = int(rng.integers(len(arenas)))
    photos = arenas[index].photos
    left, right = (REFERENCE, WORSE) if reference_left else (WORSE, REFERENCE)
    return Pair(index, photos[rng.integers(len(photos))], left, right)
