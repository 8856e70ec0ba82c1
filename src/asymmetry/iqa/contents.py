"""The contents of a scored set, told apart as pictures and not by their names."""

from collections import defaultdict
from collections.abc import Sequence
from dataclasses import replace
from pathlib import Path

from asymmetry.data.fingerprints import fingerprints
from asymmetry.data.likeness import groups_of
from asymmetry.errors import UserError
from asymmetry.iqa.scored import ScoredRow


def with_contents(rows: Sequence[ScoredRow]) -> list[ScoredRow]:
    """The rows, those whose references (without one, the images) show the same of one content.

    It is called by the least of the names that they came with. Decodes each such picture once,
    ever: see `fingerprints`. Raises UserError where one cannot be read.
    """
    pictures = {row.content: content_picture(row) for row in rows}
    groups = groups_of(fingerprints(pictures.values()))
    members: dict[int, list[str]] = defaultdict(list)
    for name, group in zip(pictures, groups, strict=True):
        members[group].append(name)
    called = {name: min(own) for own in members.values() for name in own}
    return [replace(row, content=called[row.content]) for row in rows]


def content_picture(row: ScoredRow) -> Path:
    """The file that shows a row's content: the reference, or the image itself without one."""
    return row.reference or row.image


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
