"""Filling a set's folder from its pieces, whole and recorded, or not at all."""

import logging
import shutil
from collections.abc import Iterable, Sequence
from pathlib import Path

from asymmetry.core.errors import UserError
from asymmetry.data.folders import SUFFIXES
from asymmetry.datasets.entry import DataSet, Remote
from asymmetry.datasets.manifest import Manifest, differences, list_files, read_manifest
from asymmetry.datasets.take import take

DATA = Path("data")
# Parts of downloads, archives until their images are in place, and folders being filled.
ASIDE = DATA / ".downloads"

logger = logging.getLogger(__name__)


class LackingError(UserError):
    """What was taken is sound, and not all of the set."""


def put(
    name: str, entry: DataSet, pieces: Iterable[tuple[Path, Remote | None]], fetched: bool
) -> None:
    """Put a set at `data/<name>` and record it; of what was `fetched`, a bad piece is removed.

    Raises UserError where a piece is refused or the set came with another content before,
    LackingError where it lacks what its loader looks for.
    """
    folder, record = DATA / name, DATA / f"{name}.json"
    whole = ASIDE / f"{name}.set"
    try:
        taken, origins = [], []
        for path, remote in pieces:
            taken.append(path)
            try:
                origins.append(take(path, remote, entry, whole))
            except UserError:
                if fetched:
                    path.unlink()  # Or the next start would find it again.
                raise
        manifest = Manifest(name, entry.licence, entry.source, tuple(origins), list_files(whole))
        _refuse_lacking(taken, entry, manifest)
        _refuse_other(manifest, record)
        # First the record: without its folder it only says what is wanted.
        manifest.write(record)
        whole.rename(folder)
    finally:
        remove_folders()
    images = sum(Path(file).suffix.lower() in SUFFIXES for file in manifest.files)
    about = "" if entry.exact else "about "
    logger.info("%s: %d images (the set has %s%d)", folder, images, about, entry.images)


def remove_folders() -> None:
    """Remove the folders that were being filled."""
    for path in ASIDE.iterdir():
        if path.is_dir():
            shutil.rmtree(path)


def _refuse_lacking(taken: Sequence[Path], entry: DataSet, manifest: Manifest) -> None:
    missing = entry.missing(manifest.files)
    if missing:
        files = ", ".join(map(str, taken))
        raise LackingError(
            f"{files}: {'hold' if len(taken) > 1 else 'holds'} no {', no '.join(missing)}; "
            "give that too, with one more --from"
        )


def _refuse_other(manifest: Manifest, record: Path) -> None:
    """The set came before: it must be the same now."""
    if not record.is_file():
        return
    changed = next(differences(read_manifest(record).files, manifest.files), None)
    if changed:
        raise UserError(
            f"{record}: records another content of this set ({changed}); "
            "remove the record if this one is wanted"
        )
