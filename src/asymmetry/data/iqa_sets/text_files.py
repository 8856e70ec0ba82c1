"""Text of score files: UTF-8 without NUL bytes, and CSV; ValueError with the line that is not."""

import csv
import io
from pathlib import Path

_UTF16 = (b"\xff\xfe", b"\xfe\xff")


def read_text(path: Path) -> str:
    """The text of a file in UTF-8, with or without a byte order mark, its line ends as they are."""
    content = path.read_bytes()
    if content.startswith(b"PK\3\4"):
        raise ValueError("line 1: is an Excel workbook or another archive; save it as text, or CSV")
    if content.startswith(_UTF16):
        raise ValueError("line 1: is UTF-16; save it as UTF-8")
    if b"\0" in content:
        raise ValueError(f"line {_line(content, content.index(0))}: has a NUL byte; remove it")
    try:
        return content.decode("utf-8-sig")
    except UnicodeDecodeError as error:
        byte = error.object[error.start]
        # The error counts from behind the mark.
        line = _line(error.object, error.start)
        raise ValueError(
            f"line {line}: byte 0x{byte:02x} is not UTF-8, perhaps Latin-1; save it as UTF-8"
        ) from None


def read_lines(path: Path) -> list[str]:
    """The lines of a file."""
    return read_text(path).replace("\r\n", "\n").replace("\r", "\n").split("\n")


def csv_rows(text: str) -> list[tuple[int, list[str]]]:
    """Each row of CSV text that is not empty, with the line on which it begins, from 1."""
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


def _line(content: bytes, place: int) -> int:
    """The line of a byte; line ends are those of any system."""
    before = content[:place]
    return before.count(b"\n") + before.count(b"\r") - before.count(b"\r\n") + 1
