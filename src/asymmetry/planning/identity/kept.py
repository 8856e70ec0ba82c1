"""Modules as they were read, kept in a file of the project: to read them all takes a second.

Every start of Snakemake and every job asks for digests of the same code. A module is kept with the
sha256 of its source, and the file is sealed: what was cut, edited, or read by another version of
this package or of Python is read again from the source.
"""

import json
import platform
from contextlib import suppress
from functools import cache
from hashlib import sha256
from pathlib import Path
from typing import Any

from asymmetry.core.errors import UserError
from asymmetry.core.files import STATE, write_atomically
from asymmetry.planning.identity.reading import Module, Piece, read_module
from asymmetry.planning.identity.shapes import Reference

FILE = STATE / "code.json"


class KeptModules:
    """The modules that a file keeps. It may be lost at any time, and need not be writable."""

    def __init__(self, path: Path = FILE) -> None:
        self._path, self._entries, self._new = path, _unsealed(path), False

    def read(self, name: str, source: bytes, is_package: bool) -> Module:
        """The module of this dotted name and source; SyntaxError where that is no Python."""
        version = [sha256(source).hexdigest(), is_package]
        kept = self._entries.get(name)
        if kept is not None and kept[0] == version:
            return _module(kept[1])
        module = read_module(name, source, is_package)
        self._entries[name], self._new = [version, _plain(module)], True
        return module

    def write(self) -> None:
        """Keep what has been read since the last time."""
        if self._new:
            text = json.dumps(self._entries, separators=(",", ":")).encode()
            with suppress(UserError):  # then it is read again
                write_atomically(self._path, _seal(text) + b"\n" + text)
            self._new = False


def _unsealed(path: Path) -> dict[str, Any]:
    try:
        seal, _, text = path.read_bytes().partition(b"\n")
    except OSError:
        return {}
    entries: dict[str, Any] = json.loads(text) if seal == _seal(text) else {}
    return entries


def _seal(text: bytes) -> bytes:
    return sha256(_reader() + text).hexdigest().encode()


@cache
def _reader() -> bytes:
    """What decides how a source is read: the code beside this module, and Python's syntax trees."""
    files = sorted(Path(__file__).parent.glob("*.py"))
    return b"\n".join([*(file.read_bytes() for file in files), platform.python_version().encode()])


def _plain(module: Module) -> list[Any]:
    """A module as JSON has it."""
    return [
        {name: [piece.shape, piece.references] for name, piece in module.definitions.items()},
        module.imports,
        module.loads,
        [[piece.shape, piece.references] for piece in module.effects],
        module.changes_numbers,
        module.counts_as,
    ]


def _module(plain: list[Any]) -> Module:
    definitions, imports, loads, effects, changes_numbers, counts_as = plain
    return Module(
        {name: _piece(*piece) for name, piece in definitions.items()},
        imports,
        tuple(loads),
        tuple(_piece(*piece) for piece in effects),
        changes_numbers,
        counts_as,
    )


def _piece(shape: str, references: list[list[str]]) -> Piece:
    return Piece(shape, tuple(Reference(*reference) for reference in references))
