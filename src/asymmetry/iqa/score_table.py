"""A user's own CSV table of human scores, beside the images."""

from pathlib import Path

from asymmetry.errors import UserError
from asymmetry.iqa.score_files import read_csv
from asymmetry.iqa.scored import ScoredRow, Scores, finite
from asymmetry.study import ScoredSet


def read_table(set_name: str, declared: ScoredSet) -> Scores:
    """The rows of the table; the content is the reference, or the image itself without one.

    Raises UserError where the table, a declared column or an image is missing, the table is empty
    or not CSV, or a score is not a number.
    """
    table = Path(declared.table)
    if not table.is_file():
        raise UserError(f"{table}: there is no such table; check iqa_sets.{set_name}.table")
    columns = {
        getattr(declared, key): f"mend iqa_sets.{set_name}.{key}"
        for key in ("image", "reference", "score")
        if getattr(declared, key) is not None
    }
    rows = [_row(row, declared, where) for where, row in read_csv(table, columns)]
    return Scores(rows, declared.higher_is_better)


def _row(row: dict[str, str], declared: ScoredSet, where: str) -> ScoredRow:
    folder = Path(declared.table).parent / declared.folder
    name = row[declared.image]
    image, reference, content = _existing(folder / name, where), None, name
    if declared.reference is not None:
        content = row[declared.reference]
        reference = _existing(folder / content, where)
    score = finite(row[declared.score], declared.score, where)
    return ScoredRow(name, content, score, image, reference)


def _existing(path: Path, where: str) -> Path:
    if not path.is_file():
        raise UserError(f"{path}: there is no such image, but {where} names it; check the folder")
    return path
