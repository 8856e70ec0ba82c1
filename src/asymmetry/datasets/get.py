"""`asymmetry data get`: a public set under `data/`, whole and verified, or not at all."""

import errno
import logging
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path

from asymmetry.core.download import forget
from asymmetry.core.errors import UserError
from asymmetry.core.lock import try_lock
from asymmetry.datasets.catalogue import find
from asymmetry.datasets.entry import DataSet, Remote
from asymmetry.datasets.put import DATA, DOWNLOADS, put, remove_folders
from asymmetry.datasets.record import differences, list_files, read_data_record
from asymmetry.datasets.ways import by_hand, fetch

logger = logging.getLogger(__name__)


def get(names: Sequence[str], sources: Sequence[Path] = ()) -> None:
    """Put sets at `data/<name>` and record them in `data/<name>.json`.

    They are fetched from the first address that serves them, or copied from `sources`, which are
    archives or folders. A set that is there and as recorded is left alone. An archive with a
    published checksum must agree with it. A set that comes again must be as it was recorded the
    first time. An interrupted call leaves no part of a set behind.

    Raises UserError where no address serves a set; where a set differs, or lacks a file that its
    loader looks for; and where the disk is full.
    """
    if sources and len(names) != 1:
        raise UserError("--from: gives one set; name only that one")
    with _readable_errors(), _alone():
        fetched: set[Path] = set()
        try:
            for name in names:
                fetched.update(_get(name, find(name), sources))
        finally:
            # Not before: one archive may hold several of these sets.
            for path in fetched:
                forget(path)


def check(name: str) -> list[str]:
    """A line for each file that differs between `data/<name>` and its record.

    Raises UserError where the set is unknown or has no record.
    """
    find(name)
    recorded = read_data_record(DATA / f"{name}.json")
    return [
        f"{DATA / name}/{line}" for line in differences(recorded.files, list_files(DATA / name))
    ]


def is_there(name: str) -> bool:
    """Whether the set's folder holds anything; its content is verified by `check`."""
    folder = DATA / name
    return folder.is_dir() and any(folder.iterdir())


def _get(name: str, entry: DataSet, sources: Sequence[Path]) -> list[Path]:
    """Put one set into place, and return the files that were fetched for it."""
    folder, record = DATA / name, DATA / f"{name}.json"
    if is_there(name):
        _refuse_changed(name, folder, record)
        logger.info("%s: is there, as recorded in %s", folder, record)
        return []
    if folder.is_symlink() or folder.is_file():
        raise UserError(f"{folder}: is a link or a file, in the way of the set; remove it")
    if not sources and not entry.ways:
        raise UserError(f"{name}: cannot be fetched; {by_hand(name, entry)}")
    logger.info("%s: %s; licence: %s (%s)", name, entry.what, entry.licence, entry.source)
    if not sources:
        return fetch(name, entry)
    put(name, entry, _given(entry, sources), fetched=False)
    return []


def _given(entry: DataSet, sources: Sequence[Path]) -> Iterator[tuple[Path, Remote | None]]:
    """The user's archives and folders, each with the file of the set that has its name, if any."""
    for path in sources:
        if not path.exists():
            raise UserError(f"--from {path}: there is no such archive or folder; check the path")
        yield path, entry.known_files.get(path.name)


def _refuse_changed(name: str, folder: Path, record: Path) -> None:
    if not record.is_file():
        raise UserError(
            f"{folder}: is there without its record {record}; move it elsewhere and run "
            f"`asymmetry data get {name} --from THERE`"
        )
    changed = list(differences(read_data_record(record).files, list_files(folder)))
    if changed:
        raise UserError(
            f"{folder}: {len(changed)} files are not as recorded; `asymmetry data check {name}` "
            "names them; put them back, or remove the folder and get it again"
        )


@contextmanager
def _alone() -> Iterator[None]:
    """One start at a time; what a killed one left unpacked is removed."""
    DOWNLOADS.mkdir(parents=True, exist_ok=True)
    with try_lock(DOWNLOADS / "lock") as held:
        if not held:
            raise UserError(f"{DOWNLOADS}: another `asymmetry data get` is at it; wait for its end")
        remove_folders()
        yield


@contextmanager
def _readable_errors() -> Iterator[None]:
    try:
        yield
    except PermissionError as error:
        raise UserError(
            f"{error.filename}: no permission to read or write it; change that, or work elsewhere"
        ) from None
    except OSError as error:
        if error.errno in (errno.ENOSPC, errno.EDQUOT):
            raise UserError(
                f"{DATA}: the disk or quota is full; free some space and start again, "
                "what was fetched is kept"
            ) from None
        raise
