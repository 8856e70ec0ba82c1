"""Published sets by name: `tid2013.py` reads the set of kind `tid2013`.

The files are imported by name. So a loader changes a result through the digest of its set alone,
and a new set changes nothing for the others. Imports no torch, decodes no image.
"""

import importlib
from pathlib import Path

from asymmetry.core.errors import UserError
from asymmetry.data.iqa_sets.named_files import plain_name
from asymmetry.data.iqa_sets.published.contract import Entry, Layout
from asymmetry.data.iqa_sets.published.release import Release
from asymmetry.data.iqa_sets.rows import ScoredRow, Scores, number, refuse_repeats
from asymmetry.data.iqa_sets.score_files import AS_RELEASED
from asymmetry.study import PublishedSet

CHANGES_NUMBERS = False


def layout_of(kind: str) -> Layout:
    """The layout of the published set `kind`."""
    return importlib.import_module(f"asymmetry.data.iqa_sets.published.{kind}").LAYOUT


def read_published(set_name: str, declared: PublishedSet) -> Scores:
    """The images of a published set, each with its score, reference and distortion.

    Raises UserError where the folder, the score file or an image is missing; where a score file is
    damaged or names an image twice; and where a score is outside the range of the set.
    """
    layout = layout_of(declared.kind)
    release = Release(Path(declared.folder), set_name)
    rows = [_row(entry, layout, release) for entry in layout.entries(release)]
    if not rows:
        raise UserError(f"{declared.folder}: the score file names no image; {AS_RELEASED}")
    refuse_repeats(rows, lambda row: [row.image], AS_RELEASED)
    return Scores(rows, layout.higher_is_better)


def _row(entry: Entry, layout: Layout, release: Release) -> ScoredRow:
    score = number(entry.score, "the score", entry.where)
    low, high = layout.score_range
    if not low <= score <= high:
        raise UserError(
            f"{entry.where}: the score {score:g} is not in {low:g} to {high:g}, the range of this "
            f"set; {AS_RELEASED}"
        )
    reference = entry.reference and release.image(entry.reference, entry.where)
    return ScoredRow(
        name=plain_name(entry.image),
        content=plain_name(entry.reference or entry.image),
        score=score,
        image=release.image(entry.image, entry.where),
        reference=reference or None,
        kind=entry.kind,
        where=entry.where,
    )
