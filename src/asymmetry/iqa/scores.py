"""Tables of human scores beside their images. Imports no torch, and decodes no image."""

import csv
import math
from dataclasses import dataclass
from pathlib import Path

from asymmetry.errors import UserError
from asymmetry.names import nearest
from asymmetry.study import ScoredSet


@dataclass(frozen=True)
class ScoredRow:
    """A row of the table: the score is as written there, higher or lower being better."""

    name: str
    content: str
    score: float
    image: Path
    reference: Path | None


def read_scores(set_name: str, declared: ScoredSet) -> list[ScoredRow]:
    """The rows of the table; the content is the reference, or the image itself without one.

    Raises UserError where the table, a declared column or an image is missing, the table is empty
    or not CSV, or a score is not a number.
    """
    table = Path(declared.table)
    rows = _rows(table, set_name, declared)
    return [_row(row, declared, f"{table}:{line}") for line, row in enumerate(rows, start=2)]


def _row(row: dict[str, str], declared: ScoredSet, where: str) -> ScoredRow:
    folder = Path(declared.table).parent / declared.folder
    name = row[declared.image]
    image, reference, content = _existing(folder / name, where), None, name
    if declared.reference is not None:
        content = row[declared.reference]
        reference = _existing(folder / content, where)
    score = _number(row[declared.score], declared.score, where)
    return ScoredRow(name, content, score, image, reference)


def _rows(table: Path, set_name: str, declared: ScoredSet) -> list[dict[str, str]]:
    try:
        with table.open(newline="", encoding="utf-8-sig") as file:
            reader = csv.DictReader(file)
            columns = list(reader.fieldnames or ())
            rows = list(reader)
    except FileNotFoundError:
        raise UserError(
            f"{table}: there is no such table; check iqa_sets.{set_name}.table"
        ) from None
    except (OSError, UnicodeDecodeError, csv.Error) as error:
        reason = " ".join(str(error).split())
        raise UserError(f"{table}: cannot be read as CSV ({reason}); mend or replace it") from None
    for key in ("image", "reference", "score"):
        column = getattr(declared, key)
        if column is not None and column not in columns:
            raise UserError(
                f"{table}: has no column '{column}'; mend iqa_sets.{set_name}.{key}: "
                f"{nearest(column, columns)}"
            )
    for line, row in enumerate(rows, start=2):
        if None in row or None in row.values():
            raise UserError(f"{table}:{line}: does not have {len(columns)} values; mend the row")
    if not rows:
        raise UserError(f"{table}: holds no row; add images or name another table")
    return rows


def _existing(path: Path, where: str) -> Path:
    if not path.is_file():
        raise UserError(f"{path}: there is no such image, but {where} names it; check the folder")
    return path


def _number(text: str, column: str, where: str) -> float:
    try:
        value = float(text)
    except ValueError:
        value = math.nan
    if not math.isfinite(value):
        raise UserError(f"{where}: {column} is '{text}', not a number; mend it or remove the row")
    return value
