"""What the catalogue says of a data set."""

from dataclasses import dataclass
from pathlib import PurePosixPath
from urllib.parse import urlsplit


@dataclass(frozen=True)
class Published:
    """A digest in hex, and who published it."""

    algorithm: str
    digest: str
    by: str


@dataclass(frozen=True)
class Remote:
    """A file at a stable public address: an archive, or a file of its own.

    `size` is in bytes, as published; None, like `checksum`, where nobody has. Of an archive the
    folder `inside` is taken, or all of it; a lone folder that holds all the rest is left out. What
    is taken comes into the folder `into` of the set.
    """

    url: str
    checksum: Published | None = None
    size: int | None = None
    inside: str = ""
    into: str = ""

    @property
    def file(self) -> str:
        """The file's name, the last part of the address."""
        return PurePosixPath(urlsplit(self.url).path).name


@dataclass(frozen=True)
class DataSet:
    """A public data set: `images` counts references too, `gigabytes` is about what it takes.

    Either `files` can be fetched, or `ask` says what to do for a copy.
    """

    title: str
    what: str
    images: int
    gigabytes: float
    licence: str
    source: str
    used_for: str
    files: tuple[Remote, ...] = ()
    ask: str = ""
