"""Filling a set's folder from its pieces: it becomes whole and recorded, or is not made."""

import logging
import shutil
from collections.abc import Iterable, Sequence
from pathlib import Path

from asymmetry.core.errors import UserError
from asymmetry.data.folders import SUFFIXES
from asymmetry.datasets.entry import DataSet, Remote
from asymmetry.datasets.record import DataSetRecord, differences, list_files, read_data_record
from asymmetry.datasets.take import take

DATA = Path("data")
# It holds parts of downloads, archives whose images are not in place yet, and folders being filled.
DOWNLOADS = DATA / ".downloads"

logger = logging.getLogger(__name__)


class LackingError(UserError):
    """The pieces are sound, but they are not the whole set."""


def put(
    name: str, entry: DataSet, pieces: Iterable[tuple[Path, Remote | None]], fetched: bool
) -> None:
    """Put a set at `data/<name>` and record it; a bad piece is removed if it was `fetched`.

    Raises UserError where a piece is refused, or the set came with another content before, and
    LackingError where the set lacks a file that its loader looks for.
    """
    folder, path = DATA / name, DATA / f"{name}.json"
    whole = DOWNLOADS / f"{name}.set"
    try:
        taken, origins = [], []
        for piece, remote in pieces:
            taken.append(piece)
            try:
                origins.append(take(piece, remote, entry, whole))
            except UserError:
                if fetched:
                    piece.unlink()  # otherwise the next start would take it again
                raise
        record = DataSetRecord(name, entry.licence, entry.source, tuple(origins), list_files(whole))
        _refuse_lacking(taken, entry, record)
        _refuse_other(record, path)
        # The record comes first: without its folder it only says what is wanted.
        record.write(path)
        whole.rename(folder)
    finally:
        remove_folders()
    images = sum(Path(file).suffix.lower() in SUFFIXES for file in record.files)
    about = "" if entry.exact else "about "
    logger.info("%s: %d images (the set has %s%d)", folder, images, about, entry.images)


def remove_folders() -> None:
    """Remove the folders that were being filled."""
    for path in DOWNLOADS.iterdir():
        if path.is_dir():
            shutil.rmtree(path)


def _refuse_lacking(taken: Sequence[Path], entry: DataSet, record: DataSetRecord) -> None:
    missing = entry.missing(record.files)
    if missing:
        files = ", ".join(map(str, taken))
        raise LackingError(
            f"{files}: {'hold' if len(taken) > 1 else 'holds'} no {', no '.join(missing)}; "
            "give that too, with one more --from"
        )


def _refuse_other(record: DataSetRecord, path: Path) -> None:
    """UserError where the set came with another content before."""
    if not path.is_file():
        return
    changed = next(differences(read_data_record(path).files, record.files), None)
    if changed:
        raise UserError(
            f"{path}: records another content of this set ({changed}); "
            "remove the record if this one is wanted"
        )
