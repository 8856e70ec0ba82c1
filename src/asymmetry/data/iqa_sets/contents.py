"""The contents of a scored set, told apart as pictures and not by their names."""

from collections import defaultdict
from collections.abc import Sequence
from dataclasses import replace
from pathlib import Path

from asymmetry.data.fingerprints import fingerprints
from asymmetry.data.iqa_sets.rows import ScoredRow
from asymmetry.data.likeness import groups_of


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
