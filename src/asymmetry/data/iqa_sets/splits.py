"""Splits of a set into training, validation and test, which share no content.

A split is drawn, or a set brings its own. Imports no numpy until one is drawn.
"""

from collections.abc import Collection, Sequence
from dataclasses import dataclass

from asymmetry.core.errors import UserError
from asymmetry.data.iqa_sets.rows import ScoredRow

_TEST = 0.2  # of the contents
# Of the contents that are not tested; with fewer, the choice of a step would be up to chance.
_VALIDATION = 0.3


@dataclass(frozen=True)
class Split:
    """The indices of the images in each part, ascending."""

    train: tuple[int, ...]
    validation: tuple[int, ...]
    test: tuple[int, ...]


def split_by_content(
    groups: Sequence[str], index: int, test: Collection[str] = (), seed: int = 0
) -> Split:
    """Split `index` of a set whose images have the contents `groups`.

    The contents in `test` are the test part; if there are none, a fifth of all contents is drawn.
    Three tenths of the others are for validation. The draws are counted from (seed, "split",
    index), so they are the same in every process and run. Every part has at least one content.

    Raises UserError where there are too few contents.
    """
    from asymmetry.core.randomness import draws  # and numpy: a parse of the Snakefile needs neither

    if problem := too_few_contents(groups, test):
        raise UserError(f"iqa_sets: {problem}")
    names = sorted(set(groups) - set(test))
    order = [names[i] for i in draws(seed, "split", step=index).permutation(len(names))]
    drawn = set(test) or {order.pop() for _ in range(_some(_TEST, order))}
    validation = {order.pop() for _ in range(_some(_VALIDATION, order))}
    return Split(
        train=_members(groups, set(order)),
        validation=_members(groups, validation),
        test=_members(groups, drawn),
    )


def too_few_contents(groups: Collection[str], test: Collection[str]) -> str | None:
    """Why these contents cannot be split, where those in `test` are for tests; None if they can."""
    names, parts = set(groups) - set(test), 2 if test else 3
    if len(names) >= parts:
        return None
    return f"{len(names)} contents cannot be split into {parts} parts; add images of other contents"


def refuse_shared(rows: Sequence[ScoredRow], set_name: str) -> None:
    """UserError where a content is both train and test, so that a test would not be one."""
    first: dict[str, ScoredRow] = {}
    for row in rows:
        before = first.setdefault(row.content, row)
        if before.held_out != row.held_out:
            train, test = (before, row) if row.held_out else (row, before)
            raise UserError(
                f"{row.where}: '{row.content}' is both train and test: '{train.name}' "
                f"({train.where}) shows what '{test.name}' ({test.where}) does; mend the split or "
                f"leave it out, or set iqa_sets.{set_name}.split_as_released"
            )


def shared_training(held_out: Sequence[bool | None], contents: Sequence[str]) -> set[int]:
    """The indices of the training images that share a content with a test image.

    The split of a public set may have some. Its test images stay, because others report results
    on them; the training images that show the same are left out.
    """
    tested = {name for name, out in zip(contents, held_out, strict=True) if out}
    pairs = enumerate(zip(contents, held_out, strict=True))
    return {index for index, (name, out) in pairs if out is False and name in tested}


def shared_line(set_name: str, names: Sequence[str]) -> str:
    """A line on the training images that are left out."""
    return (
        f"IQA set '{set_name}': {len(names)} training images of its split show test images, "
        f"e.g. {names[0]}: they are left out of the training"
    )


def _some(share: float, contents: Collection[str]) -> int:
    return max(1, round(share * len(contents)))


def _members(groups: Sequence[str], part: Collection[str]) -> tuple[int, ...]:
    return tuple(index for index, group in enumerate(groups) if group in part)
