"""A user's own CSV table of human scores, beside the images."""

from pathlib import Path

from asymmetry.errors import UserError
from asymmetry.iqa.score_files import read_csv
from asymmetry.iqa.scored import ScoredRow, Scores, finite
from asymmetry.study import ScoredSet

_HELD_OUT = {"train": False, "test": True}


def read_table(set_name: str, declared: ScoredSet) -> Scores:
    """The rows of the table; the content is the reference, or the image itself without one.

    Raises UserError where the table, a declared column or an image is missing, the table is empty
    or not CSV, a score is not a number, or the split is not train and test by content.
    """
    table = Path(declared.table)
    if not table.is_file():
        raise UserError(f"{table}: there is no such table; check iqa_sets.{set_name}.table")
    columns = {
        getattr(declared, key): f"mend iqa_sets.{set_name}.{key}"
        for key in ("image", "reference", "score", "split")
        if getattr(declared, key) is not None
    }
    rows = [_row(row, declared, where) for where, row in read_csv(table, columns)]
    _check_split(rows, table)
    return Scores(rows, declared.higher_is_better)


def _row(row: dict[str, str], declared: ScoredSet, where: str) -> ScoredRow:
    folder = Path(declared.table).parent / declared.folder
    name = row[declared.image]
    image, reference, content = _existing(folder / name, where), None, name
    if declared.reference is not None:
        content = row[declared.reference]
        reference = _existing(folder / content, where)
    score = finite(row[declared.score], declared.score, where)
    held_out = _held_out(row[declared.split], declared.split, where) if declared.split else None
    return ScoredRow(name, content, score, image, reference, held_out=held_out)


def _held_out(part: str, column: str, where: str) -> bool:
    if part not in _HELD_OUT:
        raise UserError(f"{where}: {column} is '{part}', neither train nor test; mend it")
    return _HELD_OUT[part]


def _check_split(rows: list[ScoredRow], table: Path) -> None:
    """Refuse a content in both parts: a model would be tested on what it was trained on."""
    if {row.held_out for row in rows} == {False}:
        raise UserError(f"{table}: its split has no test image; leave the split out or mend it")
    first: dict[str, bool | None] = {}
    for row in rows:
        if first.setdefault(row.content, row.held_out) != row.held_out:
            raise UserError(
                f"{table}: '{row.content}' is both train and test; leave the split out or mend it"
            )


def _existing(path: Path, where: str) -> Path:
    if not path.is_file():
        raise UserError(f"{path}: there is no such image, but {where} names it; check the folder")
    return path
