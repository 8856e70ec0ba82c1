"""The record of a data set on this machine: `data/<name>.json`, beside the folder it describes."""

import json
from collections.abc import Iterator, Mapping
from dataclasses import asdict, dataclass
from pathlib import Path

from asymmetry.core.errors import UserError
from asymmetry.core.files import sha256_of, write_atomically


@dataclass(frozen=True)
class Origin:
    """Where images came from: a fetched file, an archive or a folder that was given.

    `sha256` is None for a folder. `published_by` is who publishes the checksum that it agreed
    with; None where none is published.
    """

    file: str
    url: str | None
    sha256: str | None
    published_by: str | None


@dataclass(frozen=True)
class FileRecord:
    """A file as it was recorded: its length in bytes and its sha256 in hex."""

    bytes: int
    sha256: str


@dataclass(frozen=True)
class DataSetRecord:
    """The record of a set; `files` are by their path in its folder."""

    name: str
    licence: str
    source: str
    origins: tuple[Origin, ...]
    files: Mapping[str, FileRecord]

    def write(self, path: Path) -> None:
        """Write the record, a line for each value, so that Git shows a change as a line."""
        write_atomically(path, json.dumps(asdict(self), indent=1).encode() + b"\n")


def read_data_record(path: Path) -> DataSetRecord:
    """The record of a set; UserError where it is missing or damaged."""
    try:
        value = json.loads(path.read_bytes())
        origins = tuple(Origin(**origin) for origin in value.pop("origins"))
        files = {file: FileRecord(**listed) for file, listed in value.pop("files").items()}
        return DataSetRecord(**value, origins=origins, files=files)
    except FileNotFoundError:
        raise UserError(
            f"{path}: there is no such record; run `asymmetry data get {path.stem}`"
        ) from None
    except (OSError, ValueError, TypeError, KeyError, AttributeError):
        raise UserError(f"{path}: is damaged; put it back, or remove it to record anew") from None


def list_files(folder: Path) -> dict[str, FileRecord]:
    """The files of a folder, without hidden ones, sorted by path, with length and sha256."""
    listed = {}
    for path in sorted(folder.rglob("*")):
        inside = path.relative_to(folder)
        if path.is_file() and not any(part.startswith(".") for part in inside.parts):
            listed[inside.as_posix()] = FileRecord(path.stat().st_size, sha256_of(path))
    return listed


def differences(
    recorded: Mapping[str, FileRecord], found: Mapping[str, FileRecord]
) -> Iterator[str]:
    """A line for each file that differs, sorted by path."""
    for file in sorted({*recorded, *found}):
        before, now = recorded.get(file), found.get(file)
        if now is None:
            yield f"{file}: missing"
        elif before is None:
            yield f"{file}: not in the record"
        elif before.bytes != now.bytes:
            yield f"{file}: {now.bytes:,} bytes, recorded are {before.bytes:,}"
        elif before.sha256 != now.sha256:
            yield f"{file}: sha256 {now.sha256[:12]}…, recorded is {before.sha256[:12]}…"
