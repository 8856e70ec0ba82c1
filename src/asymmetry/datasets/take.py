"""One piece of a data set: an archive, a file or a folder, verified and added to the rest."""

import hashlib
import logging
import shutil
from pathlib import Path

from asymmetry.core.errors import UserError
from asymmetry.core.files import sha256_of
from asymmetry.datasets.archives import Limits, is_archive, stem, unpack
from asymmetry.datasets.entry import DataSet, Remote
from asymmetry.datasets.record import Origin

# The size that is assumed for a set of unknown size.
_GIGABYTES = 10.0

logger = logging.getLogger(__name__)


def take(path: Path, remote: Remote | None, entry: DataSet, whole: Path) -> Origin:
    """Verify an archive, a file or a folder, and add what it holds to the folder `whole`.

    `remote` is the file of the catalogue that it is a copy of, if any. A folder that the set's
    layout names keeps its name. The piece is unpacked into a folder beside `whole`; after an error,
    the caller removes both.

    Raises UserError where it is not what was published; where it holds nothing, or a file that is
    in `whole` with another content; and as `archives.unpack`.
    """
    origin = _verified(path, remote)
    piece = whole.with_suffix(".piece")
    into = remote.into if remote else ""
    if path.is_dir():
        _copy(path, piece)
    elif is_archive(path) or (remote is None and not entry.is_part(path.name)):
        keep = () if into else entry.folders
        unpack(path, piece, _limits(entry), remote.inside if remote else "", keep)
    else:
        piece.mkdir()
        shutil.copyfile(path, piece / path.name)
    _merge(piece, whole / (into or _own_folder(path, piece, entry)))
    return origin


def _verified(path: Path, remote: Remote | None) -> Origin:
    """The origin of the piece; UserError where it is not what was published."""
    if path.is_dir():
        return Origin(path.name, None, None, None)
    sha256 = sha256_of(path)
    published = remote.checksum if remote else None
    if published is None:
        logger.info("%s: no published checksum; sha256 %s is recorded", path, sha256)
        return Origin(path.name, remote.url if remote else None, sha256, None)
    with path.open("rb") as file:
        found = hashlib.file_digest(file, published.algorithm).hexdigest()
    if found != published.digest:
        raise UserError(
            f"{path}: {published.algorithm} is {found}, {published.by} publishes "
            f"{published.digest}; not taken, get it again or from elsewhere"
        )
    logger.info("%s: %s as published by %s", path, published.algorithm, published.by)
    return Origin(path.name, remote.url if remote else None, sha256, published.by)


def _limits(entry: DataSet) -> Limits:
    """Limits with room for the set, its low resolutions and other files, but not for a bomb."""
    gigabytes = entry.gigabytes or _GIGABYTES
    return Limits(int((2 * gigabytes + 1) * 1e9), 10 * entry.images + 10_000)


def _own_folder(path: Path, piece: Path, entry: DataSet) -> str:
    """The layout's folder that has the piece's name; "" where the piece holds such folders."""
    folder = entry.folders.get(stem(path).casefold(), "")
    inside = {child.name.casefold() for child in piece.iterdir() if child.is_dir()}
    return "" if inside & entry.folders.keys() else folder


def _copy(source: Path, folder: Path) -> None:
    """Copy the user's folder without hidden files; a link to a file is copied as that file."""
    for path in sorted(source.rglob("*")):
        inside = path.relative_to(source)
        if any(part.startswith(".") for part in inside.parts) or path.is_dir():
            if path.is_symlink() and path.is_dir():
                raise UserError(f"{path}: is a link to a folder; put the folder in its place")
            continue
        if not path.is_file():
            raise UserError(f"{path}: is a broken link or no file; remove it from the folder")
        target = folder / inside
        target.parent.mkdir(parents=True, exist_ok=True)
        shutil.copyfile(path, target)
    if not folder.is_dir():
        raise UserError(f"--from {source}: the folder holds no file; name another")


def _merge(piece: Path, folder: Path) -> None:
    """Move the files of a piece into the set, and remove the piece."""
    for path in sorted(path for path in piece.rglob("*") if path.is_file()):
        target = folder / path.relative_to(piece)
        if target.exists():
            # A score file that comes by itself may be in the archive, too.
            if target.is_dir() or sha256_of(target) != sha256_of(path):
                raise UserError(
                    f"{path.relative_to(piece)}: comes twice, and differs; give each file once"
                )
            continue
        target.parent.mkdir(parents=True, exist_ok=True)
        path.rename(target)
    shutil.rmtree(piece)
