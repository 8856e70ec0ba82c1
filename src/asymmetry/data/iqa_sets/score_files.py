"""Reading score files: CSV, Excel and MATLAB files, and lines of two values.

Each row comes with its place ("file:line"), for messages. All functions raise UserError with one
line where the file is not of its type, lacks what is asked for, or has it twice.
"""

import csv
import io
import warnings
from collections.abc import Callable, Iterable, Mapping, Sequence
from functools import partial
from pathlib import Path
from typing import Any

from asymmetry.core.errors import UserError
from asymmetry.core.names import nearest
from asymmetry.data.iqa_sets.named_files import in_one_form

AS_RELEASED = "take the file as it was released"

Located = list[tuple[str, dict[str, Any]]]

_UTF16 = (b"\xff\xfe", b"\xfe\xff")
# The separators that other programs write into files that they call CSV.
_SEPARATORS = {";": "semicolons", "\t": "tabs", "|": "bars"}


def read_csv(path: Path, columns: Mapping[str, str]) -> Located:
    """The rows of a CSV file with a header, as text; `columns` maps a column to its remedy.

    Blanks around the names of columns do not count.
    """
    text = _read(path, "CSV", _text)
    _refuse_separator(path, text, columns)
    table = _read(path, "CSV", lambda _: _csv_rows(text))
    top, header = table[0] if table else (1, [])
    names = [in_one_form(name.strip()) for name in header]
    _refuse_twins(f"{path}:{top}", names, filter(None, names))
    for column, remedy in columns.items():
        if in_one_form(column.strip()) not in names:
            raise UserError(f"{path}: has no column '{column}'; {remedy}: {nearest(column, names)}")
    wanted = {column: names.index(in_one_form(column.strip())) for column in columns}
    located = []
    for line, cells in table[1:]:
        if len(cells) != len(header):
            quotes = " (a comma inside a value needs quotes)" if len(cells) > len(header) else ""
            raise UserError(
                f"{path}:{line}: does not have {len(header)} values; mend the row{quotes}"
            )
        wanted_cells = {column: cells[index] for column, index in wanted.items()}
        located.append((f"{path}:{line}", dict(zip(names, cells, strict=True)) | wanted_cells))
    if not located:
        raise UserError(f"{path}: holds no row; add images or name another table")
    return located


def read_sheet(path: Path, columns: Sequence[str], sheet: str | None = None) -> Located:
    """The rows of an Excel sheet (the first one without a name) below the row that has `columns`.

    Rows without a value in the first of the columns are padding and left out.
    """
    sheets, rows = _read(path, "an Excel workbook", partial(_sheet, name=sheet))
    if sheet is not None and sheet not in sheets:
        raise UserError(f"{path}: has no sheet '{sheet}'; {nearest(sheet, sheets)}")
    for top, cells in enumerate(rows, start=1):
        header = [in_one_form(cell.strip()) if isinstance(cell, str) else cell for cell in cells]
        if set(columns) <= set(header):
            # A sheet may hold several tables beside each other; other columns do not matter.
            _refuse_twins(f"{path}:{top}", header, columns)
            located = [
                (f"{path}:{line}", dict(zip(header, row, strict=False)))
                for line, row in enumerate(rows[top:], start=top + 1)
            ]
            return [(where, row) for where, row in located if row[columns[0]] is not None]
    raise UserError(f"{path}: no row has the columns {', '.join(columns)}; {AS_RELEASED}")


def read_pairs(path: Path, separator: str | None = None) -> list[tuple[str, str, str]]:
    """The place of each line and its two values; the default separator is white space."""
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
        # A parser may raise any exception on a damaged file.
        reason = " ".join(str(error).split())
        raise UserError(
            f"{path}: cannot be read as {what} ({reason}); mend or replace it"
        ) from None


def _refuse_twins(where: str, header: Sequence[Any], names: Iterable[str]) -> None:
    """UserError where one of the names stands twice in a header."""
    for name in names:
        numbers = [number for number, other in enumerate(header, start=1) if other == name]
        if len(numbers) > 1:
            listed = " and ".join(map(str, numbers))
            raise UserError(
                f"{where}: '{name}' is the name of the columns {listed}; rename or remove one"
            )


def _refuse_separator(path: Path, text: str, columns: Iterable[str]) -> None:
    """UserError where the header of a CSV file has its columns between other separators."""
    header = next((line for line in text.splitlines() if line.strip()), "")
    for separator, words in _SEPARATORS.items():
        names = [in_one_form(name.strip(" \"'")) for name in header.split(separator)]
        if len(names) > 1 and ("," not in header or set(columns) <= set(names)):
            raise UserError(
                f"{path}:1: has {words} between its columns, not commas; save the table with commas"
            )


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
    from scipy.io.matlab import MatReadWarning

    # Where two variables have one name, it warns and takes the last.
    with warnings.catch_warnings(action="error", category=MatReadWarning):
        # With `squeeze_me` the cells of a cell array are texts, not arrays of one text.
        read = loadmat(path, squeeze_me=True)
    return {name: atleast_1d(value) for name, value in read.items() if name[:2] != "__"}


def _text(path: Path) -> str:
    """The text of a file in UTF-8, with or without a byte order mark; line ends are kept.

    ValueError, naming the line, where it is something else.
    """
    content = path.read_bytes()
    if content.startswith(b"PK\3\4"):
        raise ValueError("line 1: is an Excel workbook or another archive; save it as text, or CSV")
    if content.startswith(_UTF16):
        raise ValueError("line 1: is UTF-16; save it as UTF-8")
    if b"\0" in content:
        raise ValueError(f"line {_line_at(content, content.index(0))}: has a NUL byte; remove it")
    try:
        return content.decode("utf-8-sig")
    except UnicodeDecodeError as error:
        byte = error.object[error.start]
        # Neither the error's object nor its position includes the byte order mark.
        line = _line_at(error.object, error.start)
        raise ValueError(
            f"line {line}: byte 0x{byte:02x} is not UTF-8, perhaps Latin-1; save it as UTF-8"
        ) from None


def _lines(path: Path) -> list[str]:
    """The lines of a file."""
    return _text(path).replace("\r\n", "\n").replace("\r", "\n").split("\n")


def _csv_rows(text: str) -> list[tuple[int, list[str]]]:
    """Each row of CSV text that is not empty, with the number of its first line, from 1."""
    reader = csv.reader(io.StringIO(text, newline=""), strict=True)
    rows, line = [], 1
    try:
        for row in reader:
            if row:
                rows.append((line, row))
            line = reader.line_num + 1
    except csv.Error as error:
        raise ValueError(f"line {line}: {error}") from None
    return rows


def _line_at(content: bytes, offset: int) -> int:
    """The line of the byte at an offset, from 1; line ends may be those of any system."""
    before = content[:offset]
    return before.count(b"\n") + before.count(b"\r") - before.count(b"\r\n") + 1
