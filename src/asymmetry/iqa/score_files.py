"""What score files hold: CSV, Excel and MATLAB files, and lines of two values.

Everything comes with where it stands ("file:line"), for messages. All functions raise UserError
with one line where the file is not of its type, or lacks what is asked for.
"""

import csv
from collections.abc import Callable, Mapping, Sequence
from functools import partial
from pathlib import Path
from typing import Any

from asymmetry.errors import UserError
from asymmetry.names import nearest

AS_RELEASED = "take the file as it was released"

Located = list[tuple[str, dict[str, Any]]]


def read_csv(path: Path, columns: Mapping[str, str]) -> Located:
    """The rows of a CSV file with a header, as text; `columns` maps a column to its remedy."""
    header, rows = _read(path, "CSV", _csv_rows)
    for column, remedy in columns.items():
        if column not in header:
            raise UserError(
                f"{path}: has no column '{column}'; {remedy}: {nearest(column, header)}"
            )
    for line, row in enumerate(rows, start=2):
        if None in row or None in row.values():
            raise UserError(f"{path}:{line}: does not have {len(header)} values; mend the row")
    if not rows:
        raise UserError(f"{path}: holds no row; add images or name another table")
    return [(f"{path}:{line}", row) for line, row in enumerate(rows, start=2)]


def read_sheet(path: Path, columns: Sequence[str], sheet: str | None = None) -> Located:
    """The rows of an Excel sheet (the first one without a name) below the row that has `columns`.

    Rows without a value in the first of the columns are padding and left out.
    """
    sheets, rows = _read(path, "an Excel workbook", partial(_sheet, name=sheet))
    if sheet is not None and sheet not in sheets:
        raise UserError(f"{path}: has no sheet '{sheet}'; {nearest(sheet, sheets)}")
    for top, header in enumerate(rows, start=1):
        if set(columns) <= set(header):
            located = [
                (f"{path}:{line}", dict(zip(header, row, strict=False)))
                for line, row in enumerate(rows[top:], start=top + 1)
            ]
            return [(where, row) for where, row in located if row[columns[0]] is not None]
    raise UserError(f"{path}: no row has the columns {', '.join(columns)}; {AS_RELEASED}")


def read_pairs(path: Path, separator: str | None = None) -> list[tuple[str, str, str]]:
    """Where each line stands, and its two values; the separator is white space without one."""
    pairs = []
    for number, line in enumerate(_read(path, "text", _lines), start=1):
        if line.strip():
            values = [value.strip() for value in line.split(separator)]
            if len(values) != 2:
                raise UserError(f"{path}:{number}: does not have two values; {AS_RELEASED}")
            pairs.append((f"{path}:{number}", values[0], values[1]))
    return pairs


def read_mat(path: Path, *names: str) -> list[list[Any]]:
    """Variables of a MATLAB file as flat lists: numbers, or the texts of a cell array."""
    variables = _read(path, "a MATLAB file", _variables)
    for name in names:
        if name not in variables:
            raise UserError(f"{path}: has no variable '{name}'; {nearest(name, variables)}")
    return [variables[name].ravel().tolist() for name in names]


def _read(path: Path, what: str, read: Callable[[Path], Any]) -> Any:
    try:
        return read(path)
    except Exception as error:
        # A damaged file fails anywhere in its parser, with any exception.
        reason = " ".join(str(error).split())
        raise UserError(
            f"{path}: cannot be read as {what} ({reason}); mend or replace it"
        ) from None


def _csv_rows(path: Path) -> tuple[list[str], list[dict[str, str]]]:
    with path.open(newline="", encoding="utf-8-sig") as file:
        reader = csv.DictReader(file)
        return list(reader.fieldnames or ()), list(reader)


def _lines(path: Path) -> list[str]:
    return path.read_text(encoding="utf-8-sig").splitlines()


def _sheet(path: Path, name: str | None) -> tuple[list[str], list[tuple[Any, ...]]]:
    """The names of all sheets, and the rows of one of them (none where it is not there)."""
    from openpyxl import load_workbook

    workbook = load_workbook(path, read_only=True, data_only=True)
    try:
        names = workbook.sheetnames
        name = names[0] if name is None else name
        rows = workbook[name].iter_rows(values_only=True) if name in names else ()
        return names, list(rows)
    finally:
        workbook.close()


def _variables(path: Path) -> dict[str, Any]:
    from numpy import atleast_1d
    from scipy.io import loadmat

    # Squeezed, the cells of a cell array are texts and not arrays of one text.
    read = loadmat(path, squeeze_me=True)
    return {name: atleast_1d(value) for name, value in read.items() if name[:2] != "__"}
