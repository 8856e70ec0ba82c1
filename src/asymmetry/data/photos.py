"""The photos of a study, and which of their contents are held out. Imports no torch."""

import csv
import io
from collections.abc import Sequence
from dataclasses import asdict, dataclass, replace
from pathlib import Path
from typing import Literal

from asymmetry.core.errors import UserError
from asymmetry.core.files import digest, write_if_changed
from asymmetry.data.contents import held_out
from asymmetry.data.fingerprints import CACHE, Fingerprint, fingerprints
from asymmetry.data.folders import LeftOut, find_photos
from asymmetry.data.likeness import groups_of
from asymmetry.data.wheels import WHEEL_PHOTOS
from asymmetry.study import Photos

CHANGES_NUMBERS = False
WHEELS = "wheels"

Split = Literal["train", "evaluation"]


@dataclass(frozen=True)
class Photo:
    """A photo: width and height in pixels, upright; `group` is its content.

    Two photos of one content are always on the same side of the split.
    """

    name: str
    path: Path
    sha256: str
    width: int
    height: int
    group: str
    split: Split
    licence: str


@dataclass(frozen=True)
class PhotoManifest:
    """The photos of a study, sorted by name, and the files of its folder that are not photos."""

    photos: tuple[Photo, ...]
    left_out: tuple[LeftOut, ...] = ()

    def split(self, name: Split) -> list[Photo]:
        """The photos of one side of the split, sorted by name."""
        return [photo for photo in self.photos if photo.split == name]

    def digest(self, split: Split) -> str:
        """The sha256 (hex) of the names and bytes of one side of the split; no paths in it."""
        return digest([[photo.name, photo.sha256] for photo in self.split(split)])

    def to_csv(self, path: Path) -> None:
        """Write a row for each file: photos, then the files that are left out, and why.

        It holds no paths, so it is the same on all machines.
        """
        table = io.StringIO()
        columns = ["name", "sha256", "width", "height", "group", "split", "licence", "why"]
        writer = csv.DictWriter(table, columns, extrasaction="ignore", lineterminator="\n")
        writer.writeheader()
        writer.writerows(asdict(photo) for photo in self.photos)
        writer.writerows({**asdict(one), "split": "left out"} for one in self.left_out)
        write_if_changed(path, table.getvalue().encode())


def read_photos(source: Photos) -> PhotoManifest:
    """The photos of the study's source, split into those for training and those held out.

    Near duplicates (equal bytes, near difference hashes, or known to show the same) make one
    content; `source.held_out` of the contents go to evaluation (see `contents.held_out`). Files
    are read once and cached by size and modification time (see `fingerprints`); what
    uses the pixels verifies the sha256 again (`load.load_photo`).

    Raises UserError, with a line for each mistake, where the folder is missing or holds no photo;
    where all photos show one content; where two photos have one name; and where a photo cannot be
    read.
    """
    wheels = source.source == WHEELS
    photos, prints, left_out = _wheel_photos() if wheels else _folder(Path(source.source))
    groups = _groups(photos, prints)
    if len(set(groups)) < 2:
        raise UserError(
            f"photos.source: {source.source}: all {len(photos)} photos show one content, so none "
            "can be held out; add others"
        )
    evaluation = held_out(groups, source.held_out)
    split: list[Photo] = [
        replace(photo, group=group, split="evaluation" if group in evaluation else "train")
        for photo, group in zip(photos, groups, strict=True)
    ]
    return PhotoManifest(tuple(split), left_out)


def folder_photos(folder: Path, split: Split = "evaluation", kept: Path = CACHE) -> list[Photo]:
    """All photos below a folder, sorted by name: the path in it without suffix. Not grouped.

    Their fingerprints are `kept` in a file. Raises UserError as `read_photos`.
    """
    return [replace(photo, split=split) for photo in _folder(folder, kept)[0]]


def _groups(photos: Sequence[Photo], prints: Sequence[Fingerprint]) -> list[str]:
    """The content of each photo: the least of the names that the group's members came with."""
    roots = groups_of(prints, [{photo.group} for photo in photos])
    names: dict[int, str] = {}
    for root, photo in zip(roots, photos, strict=True):
        names[root] = min(names.get(root, photo.group), photo.group)
    return [names[root] for root in roots]


def _wheel_photos() -> tuple[list[Photo], list[Fingerprint], tuple[LeftOut, ...]]:
    found = [
        (wheel.locate(), wheel) for wheel in sorted(WHEEL_PHOTOS, key=lambda wheel: wheel.name)
    ]
    prints = fingerprints([path for path, _ in found])
    photos = [
        _photo(wheel.name, path, fingerprint, wheel.content, wheel.licence)
        for (path, wheel), fingerprint in zip(found, prints, strict=True)
    ]
    return photos, prints, ()


def _folder(
    folder: Path, kept: Path = CACHE
) -> tuple[list[Photo], list[Fingerprint], tuple[LeftOut, ...]]:
    found = find_photos(folder)
    prints = fingerprints(found.paths.values(), kept)
    photos = [
        _photo(name, path, fingerprint, fingerprint.sha256, "unknown")
        for (name, path), fingerprint in zip(found.paths.items(), prints, strict=True)
    ]
    return photos, prints, tuple(found.left_out)


def _photo(name: str, path: Path, fingerprint: Fingerprint, group: str, licence: str) -> Photo:
    size = fingerprint.width, fingerprint.height
    return Photo(name, path, fingerprint.sha256, *size, group, "train", licence)
