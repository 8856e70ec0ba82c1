"""The files that a table names, however it spells them."""

import os
import posixpath
from collections.abc import Iterator
from pathlib import Path, PurePosixPath
from unicodedata import normalize


def in_one_form(text: str) -> str:
    """The text in Unicode NFC: macOS keeps names with accents apart from their letters."""
    return normalize("NFC", text)


def plain_name(written: str) -> str:
    """A path in a table in one spelling: in NFC, with slashes, without `./` and outer blanks."""
    return in_one_form(posixpath.normpath(written.strip().replace("\\", "/")))


class NamedFiles:
    """The files below a folder, found by the names that a table gives them.

    A name is taken as it is written where there is such a file. Otherwise backslashes separate
    folders, outer blanks do not count, and accents may be composed or not. The folder must not
    change meanwhile.
    """

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        self._entries: dict[Path, dict[str, str]] = {}

    def find(self, written: str) -> Path | None:
        """The file of this name, absolute or relative to the folder; None where there is none."""
        for spelling in _spellings(written):
            if _is_file(path := self.folder / spelling):
                return path
        return self._in_any_form(plain_name(written))

    def name(self, path: Path) -> str:
        """The name of a file that was found: its path in the folder, in NFC, with slashes."""
        return in_one_form(os.path.relpath(path, self.folder))

    def _in_any_form(self, name: str) -> Path | None:
        path = self.folder
        for part in PurePosixPath(name).parts:
            if path not in self._entries:
                self._entries[path] = _listed(path)
            path /= self._entries[path].get(part, part)
        return path if _is_file(path) else None


def _spellings(written: str) -> Iterator[str]:
    for text in dict.fromkeys([written, written.strip()]):
        for slashed in dict.fromkeys([text, text.replace("\\", "/")]):
            yield slashed
            yield posixpath.normpath(slashed)


def _is_file(path: Path) -> bool:
    try:
        return path.is_file()
    except (OSError, ValueError):  # too long, or with a character that no name may have
        return False


def _listed(folder: Path) -> dict[str, str]:
    """The names in a folder by their NFC form; empty where it cannot be listed."""
    try:
        return {in_one_form(name): name for name in sorted(os.listdir(folder), reverse=True)}
    except OSError:
        return {}
