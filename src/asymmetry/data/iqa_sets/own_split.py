"""The split that a set brings itself: no content may be on both sides. Imports no numpy."""

from collections.abc import Sequence

from asymmetry.core.errors import UserError
from asymmetry.data.iqa_sets.rows import ScoredRow


def refuse_shared(rows: Sequence[ScoredRow], set_name: str) -> None:
    """UserError where a content is both train and test: a model would be tested on what it saw."""
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
    """The places of training images whose content is one of the test's.

    A public set's own split may have some: its test images are what others report on, so these
    stay, and what shows the same is left out of the training.
    """
    tested = {name for name, out in zip(contents, held_out, strict=True) if out}
    pairs = enumerate(zip(contents, held_out, strict=True))
    return {place for place, (name, out) in pairs if out is False and name in tested}


def shared_line(set_name: str, names: Sequence[str]) -> str:
    """What is said of the training images that are left out."""
    return (
        f"IQA set '{set_name}': {len(names)} training images of its split show test images, "
        f"e.g. {names[0]}: they are left out of the training"
    )
