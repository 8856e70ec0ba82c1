"""The files of a published set, wherever below its folder they were unpacked."""

import os
from collections import defaultdict
from pathlib import Path, PurePosixPath

from asymmetry.core.errors import UserError
from asymmetry.data.iqa_sets.named_files import in_one_form, plain_name


class Release:
    """The files below a folder, found by the end of their path.

    The case of letters and the form of accents do not matter. Archives differ in the folders around
    their content, and the names in TID2013 differ in case.
    """

    def __init__(self, folder: Path, set_name: str) -> None:
        """Raises UserError where there is no such folder."""
        self._folder = folder
        self._remedy = f"unpack the whole release there, or mend iqa_sets.{set_name}.folder"
        if not folder.is_dir():
            raise UserError(f"{folder}: there is no such folder; {self._remedy}")
        self._by_name: dict[str, list[Path]] = defaultdict(list)
        for parent, _, names in os.walk(folder, followlinks=True):
            for name in names:
                self._by_name[_folded(name)].append(Path(parent, name))

    def has(self, end: str) -> bool:
        """Whether a file has a path that ends so."""
        return bool(self._matches(end))

    def score_file(self, *ends: str) -> Path:
        """The first of these files that is there; UserError where none is."""
        for end in ends:
            if self._matches(end):
                return self._only(end)
        raise UserError(f"{self._folder}: holds no {' or '.join(ends)}; {self._remedy}")

    def score_files(self, parent: str, suffix: str) -> list[Path]:
        """The files of this suffix in a folder of this name, by name; UserError where none is."""
        found = [
            path
            for paths in self._by_name.values()
            for path in paths
            if path.suffix == suffix and _folded(path.parent.name) == _folded(parent)
        ]
        if not found:
            raise UserError(f"{self._folder}: holds no {parent}/*{suffix}; {self._remedy}")
        return sorted(found, key=lambda path: path.name)

    def image(self, end: str, where: str) -> Path:
        """The image that `where` names; UserError where it is absent."""
        if not self._matches(end):
            raise UserError(f"{self._folder}: holds no {end}, but {where} names it; {self._remedy}")
        return self._only(end)

    def _matches(self, end: str) -> list[Path]:
        parts = tuple(map(_folded, PurePosixPath(plain_name(end)).parts))
        return [
            path
            for path in self._by_name.get(parts[-1], ())
            if tuple(map(_folded, path.parts[-len(parts) :])) == parts
        ]

    def _only(self, end: str) -> Path:
        matches = sorted(self._matches(end))
        if len(matches) > 1:
            raise UserError(f"{matches[0]} and {matches[1]} are both {end}; remove one of them")
        return matches[0]


def _folded(name: str) -> str:
    return in_one_form(name).casefold()
