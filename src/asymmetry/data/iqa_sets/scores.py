"""Reading the human scores of a set: as they are written, or with contents told apart by pixels.

Imports no torch, and no numpy until a picture is decoded.
"""

from collections import defaultdict
from collections.abc import Sequence
from dataclasses import replace
from pathlib import Path

from asymmetry.data.fingerprints import fingerprints
from asymmetry.data.iqa_sets.published.registry import read_published
from asymmetry.data.iqa_sets.rows import ScoredRow, Scores
from asymmetry.data.iqa_sets.score_table import read_table
from asymmetry.data.iqa_sets.splits import refuse_shared
from asymmetry.data.likeness import groups_of
from asymmetry.study import PublishedSet, ScoredSet


def written_scores(set_name: str, declared: ScoredSet | PublishedSet) -> Scores:
    """The images of the set that the study declares as `set_name`, with their scores.

    Decodes no image: contents are the names of references or images. Raises UserError as
    `read_table` and `read_published`.
    """
    if isinstance(declared, PublishedSet):
        return read_published(set_name, declared)
    return read_table(set_name, declared)


def read_scores(set_name: str, declared: ScoredSet | PublishedSet) -> Scores:
    """As `written_scores`, but images that show the same have one content: see `with_contents`.

    Raises UserError also where a picture of a content cannot be read, and where the split of a
    user's table has one content on both sides.
    """
    scores = written_scores(set_name, declared)
    rows = with_contents(scores.rows)
    if isinstance(declared, ScoredSet) and not declared.split_as_released:
        refuse_shared(rows, set_name)
    return replace(scores, rows=rows)


def with_contents(rows: Sequence[ScoredRow]) -> list[ScoredRow]:
    """The rows; those whose references (or images, without references) show the same share one.

    The name of a shared content is the first of the former names. A picture is decoded once: see
    `fingerprints`. Raises UserError where one cannot be read.
    """
    pictures = {row.content: content_picture(row) for row in rows}
    groups = groups_of(fingerprints(pictures.values()))
    members: dict[int, list[str]] = defaultdict(list)
    for name, group in zip(pictures, groups, strict=True):
        members[group].append(name)
    called = {name: min(names) for names in members.values() for name in names}
    return [replace(row, content=called[row.content]) for row in rows]


def content_picture(row: ScoredRow) -> Path:
    """The file that shows a row's content: the reference, or without one the image itself."""
    return row.reference or row.image
