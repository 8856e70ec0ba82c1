"""A user's own CSV table of human scores, beside the images."""

import os
from collections.abc import Hashable
from pathlib import Path

from asymmetry.core.errors import UserError
from asymmetry.data.iqa_sets.named_files import NamedFiles
from asymmetry.data.iqa_sets.rows import ScoredRow, Scores, number, refuse_repeats
from asymmetry.data.iqa_sets.score_files import read_csv
from asymmetry.data.iqa_sets.splits import refuse_shared
from asymmetry.study import ScoredSet

_HELD_OUT = {"train": False, "test": True}


def read_table(set_name: str, declared: ScoredSet) -> Scores:
    """The rows of the table; the content is the reference, or the image itself without one.

    Names of images and references are their paths in the folder, in one spelling, whatever the
    spelling in the table. Raises UserError where the table, a declared column or an image is
    missing; where the table is empty or not CSV; where an image stands there twice; where a score
    is not a plain number; and where the split is not train and test by content.
    """
    table = Path(declared.table)
    if not table.is_file():
        raise UserError(f"{table}: there is no such table; check iqa_sets.{set_name}.table")
    columns = {
        getattr(declared, key): f"mend iqa_sets.{set_name}.{key}"
        for key in ("image", "reference", "score", "split")
        if getattr(declared, key) is not None
    }
    files = NamedFiles(table.parent / declared.folder)
    rows = [_row(row, declared, files, where) for where, row in read_csv(table, columns)]
    refuse_repeats(rows, _names, "keep one of the two rows")
    if {row.held_out for row in rows} == {False}:
        raise UserError(f"{table}: its split has no test image; leave the split out or mend it")
    if not declared.split_as_released:
        refuse_shared(rows, set_name)
    return Scores(rows, declared.higher_is_better)


def _row(row: dict[str, str], declared: ScoredSet, files: NamedFiles, where: str) -> ScoredRow:
    image, reference = _existing(row, declared.image, files, where), None
    if declared.reference is not None:
        reference = _existing(row, declared.reference, files, where)
    return ScoredRow(
        name=files.name(image),
        content=files.name(reference or image),
        score=number(row[declared.score], declared.score, where),
        image=image,
        reference=reference,
        held_out=_held_out(row[declared.split], declared.split, where) if declared.split else None,
        where=where,
    )


def _held_out(part: str, column: str, where: str) -> bool:
    if part.strip() not in _HELD_OUT:
        raise UserError(f"{where}: {column} is '{part}', neither train nor test; mend it")
    return _HELD_OUT[part.strip()]


def _existing(row: dict[str, str], column: str, files: NamedFiles, where: str) -> Path:
    written = row[column]
    if not written.strip():
        raise UserError(f"{where}: {column} is blank; name a file or remove the row")
    found = files.find(written)
    if found is None:
        raise UserError(
            f"{files.folder / written}: there is no such image, but {where} names it; "
            "check the folder"
        )
    return found


def _names(row: ScoredRow) -> tuple[Hashable, ...]:
    """What makes two rows one image: the name, or the file behind links; a copy is another one."""
    status = row.image.stat()
    return row.name, os.path.realpath(row.image), (status.st_dev, status.st_ino)
