"""What the catalogue says of a data set."""

from collections.abc import Iterable
from dataclasses import dataclass
from fnmatch import fnmatchcase
from pathlib import PurePosixPath
from urllib.parse import urlsplit

# How and when an entry was checked: against public text, or by a download (`fetched`).
BY_TEXT = "by text 2026-11"


@dataclass(frozen=True)
class Published:
    """A digest in hex, and who published it."""

    algorithm: str
    digest: str
    by: str


def sha256(digest: str, by: str) -> Published:
    """A published sha256."""
    return Published("sha256", digest, by)


def md5(digest: str, by: str) -> Published:
    """A published md5."""
    return Published("md5", digest, by)


@dataclass(frozen=True)
class Remote:
    """A file at a public address: an archive, or a file of its own.

    `size` is the published length in bytes; it is None, like `checksum`, where none is published.
    Of an archive the folder `inside` is taken, or all of it without a single folder around it. The
    files go into the folder `into` of the set. `name` is the file's name, where the address does
    not end in it.
    """

    url: str
    checksum: Published | None = None
    size: int | None = None
    inside: str = ""
    into: str = ""
    name: str = ""

    @property
    def file(self) -> str:
        """The file's name."""
        return self.name or PurePosixPath(urlsplit(self.url).path).name


Way = tuple[Remote, ...]


@dataclass(frozen=True)
class DataSet:
    """A public data set: `images` counts references too, `gigabytes` is about what it takes.

    Each of the `ways` brings the whole set. `ask` says how to ask for a copy, and is needed where
    there is no way. Files `by_hand` are never fetched; they are recognised by their name when a
    user gives them. `layout` are the files that a loader looks for, as ends of paths with
    wildcards; `|` separates alternatives. `exact` is whether every copy has the same number of
    images. `gigabytes` is None where it is not known. `checked` is how and when addresses, hashes
    and licence were last checked.
    """

    title: str
    what: str
    images: int
    gigabytes: float | None
    licence: str
    source: str
    used_for: str
    checked: str
    ways: tuple[Way, ...] = ()
    by_hand: tuple[Remote, ...] = ()
    ask: str = ""
    layout: tuple[str, ...] = ()
    exact: bool = True

    @property
    def ordered_ways(self) -> list[Way]:
        """The ways in the order of trying: those with published checksums come first."""
        return sorted(self.ways, key=lambda way: not is_pinned(way))

    @property
    def known_files(self) -> dict[str, Remote]:
        """The files that a copy may be, by name."""
        ways = [remote for way in self.ways for remote in way]
        return {remote.file: remote for remote in (*self.by_hand, *ways)}

    @property
    def folders(self) -> dict[str, str]:
        """The folders of the layout, by their name in lower case."""
        parents = [PurePosixPath(end).parent.name for end in _ends(self.layout)]
        return {parent.casefold(): parent for parent in parents if parent}

    def is_part(self, name: str) -> bool:
        """Whether the layout has a file of this name outside its folders."""
        return any(fnmatchcase(name.casefold(), end.casefold()) for end in _ends(self.layout))

    def missing(self, files: Iterable[str]) -> list[str]:
        """The entries of the layout that none of these paths ends in, in any case of letters."""
        paths = [f"/{file.casefold()}" for file in files]
        return [
            " or ".join(_ends([wanted]))
            for wanted in self.layout
            if not any(
                fnmatchcase(path, f"*/{end.casefold()}")
                for end in _ends([wanted])
                for path in paths
            )
        ]


def _ends(layout: Iterable[str]) -> list[str]:
    return [end for wanted in layout for end in wanted.split("|")]


def is_pinned(way: Way) -> bool:
    """Whether the checksum of every file is published."""
    return all(remote.checksum for remote in way)
