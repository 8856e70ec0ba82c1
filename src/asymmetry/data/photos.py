"""The manifest of the photos: what they are, and which of their contents are held out. No torch."""

import csv
import io
import json
from collections.abc import Sequence
from dataclasses import asdict, dataclass, replace
from hashlib import sha256
from pathlib import Path
from typing import Literal

from asymmetry.data.contents import group_contents, held_out
from asymmetry.data.wheels import WHEEL_PHOTOS
from asymmetry.errors import UserError
from asymmetry.files import digest, read_object, write_if_changed
from asymmetry.remembered import settled
from asymmetry.study import Photos

CHANGES_NUMBERS = False
WHEELS = "wheels"
SUFFIXES = {".png", ".jpg", ".jpeg", ".bmp", ".tif", ".tiff", ".webp"}
CACHE = Path(".asymmetry/photos.json")

Split = Literal["train", "evaluation"]


@dataclass(frozen=True)
class Photo:
    """A photo: width and height in pixels as stored (upright), `group` its content.

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
class Manifest:
    """The photos of a study, sorted by name."""

    photos: tuple[Photo, ...]

    def split(self, name: Split) -> list[Photo]:
        """The photos of one side of the split, sorted by name."""
        return [photo for photo in self.photos if photo.split == name]

    def digest(self, split: Split) -> str:
        """The sha256 (hex) of the names and bytes of one side of the split; no paths in it."""
        return digest([[photo.name, photo.sha256] for photo in self.split(split)])

    def to_csv(self, path: Path) -> None:
        """Write the manifest, one row a photo; without paths, so it is the same on all machines."""
        table = io.StringIO()
        columns = ["name", "sha256", "width", "height", "group", "split", "licence"]
        writer = csv.DictWriter(table, columns, extrasaction="ignore", lineterminator="\n")
        writer.writeheader()
        writer.writerows(asdict(photo) for photo in self.photos)
        write_if_changed(path, table.getvalue().encode())


@dataclass(frozen=True)
class _Look:
    """What one look at a file found, valid while its size and modification time stay."""

    size: int
    mtime_ns: int
    sha256: str
    width: int
    height: int
    dhash: int


def read_manifest(source: Photos) -> Manifest:
    """The photos of the study's source, split into those for training and those held out.

    Near duplicates (equal bytes, near difference hashes, or known to show the same) make one
    content; `source.held_out` of the contents go to evaluation (see `contents.held_out`). Files
    are read once and remembered by size and modification time in `.asymmetry/photos.json`; what
    uses the pixels verifies the sha256 again (`images.load_photo`).

    Raises UserError where the folder is missing or holds no photo or one content only, where two
    photos have one name, or where a photo cannot be read.
    """
    photos, hashes = _wheel_photos() if source.source == WHEELS else _folder(Path(source.source))
    groups = _groups(photos, hashes)
    if len(set(groups)) < 2:
        raise UserError(
            f"photos.source: {source.source}: all {len(photos)} photos show one content, so none "
            "can be held out; add others"
        )
    evaluation = held_out(groups, source.held_out)
    return Manifest(
        tuple(
            replace(photo, group=group, split="evaluation" if group in evaluation else "train")
            for photo, group in zip(photos, groups, strict=True)
        )
    )


def folder_photos(folder: Path, split: Split = "evaluation") -> list[Photo]:
    """All photos below a folder, sorted by name: the path in it without suffix. Not grouped.

    Hidden files are left out. Raises UserError as `read_manifest`.
    """
    return [replace(photo, split=split) for photo in _folder(folder)[0]]


def _groups(photos: Sequence[Photo], hashes: Sequence[int]) -> list[str]:
    """The content of each photo: the least of the names that the group's members came with."""
    roots = group_contents([{photo.sha256, photo.group} for photo in photos], hashes)
    names: dict[int, str] = {}
    for root, photo in zip(roots, photos, strict=True):
        names[root] = min(names.get(root, photo.group), photo.group)
    return [names[root] for root in roots]


def _wheel_photos() -> tuple[list[Photo], list[int]]:
    found = [
        (wheel.locate(), wheel) for wheel in sorted(WHEEL_PHOTOS, key=lambda wheel: wheel.name)
    ]
    looks = _look_at([path for path, _ in found])
    photos = [
        _photo(wheel.name, path, look, wheel.content, wheel.licence)
        for (path, wheel), look in zip(found, looks, strict=True)
    ]
    return photos, [look.dhash for look in looks]


def _folder(folder: Path) -> tuple[list[Photo], list[int]]:
    if not folder.is_dir():
        raise UserError(f"{folder}: there is no such folder of photos; check the path")
    paths: dict[str, Path] = {}
    for path in sorted(folder.rglob("*")):
        inside = path.relative_to(folder)
        if path.suffix.lower() not in SUFFIXES or any(part[0] == "." for part in inside.parts):
            continue
        name = inside.with_suffix("").as_posix()
        if name in paths:
            raise UserError(f"{path}: has the name of {paths[name]}; rename or remove one of them")
        paths[name] = path
    if not paths:
        raise UserError(
            f"{folder}: holds no photo ({', '.join(sorted(SUFFIXES))}); add some or name another"
        )
    names = sorted(paths)
    looks = _look_at([paths[name] for name in names])
    photos = [
        _photo(name, paths[name], look, look.sha256, "unknown")
        for name, look in zip(names, looks, strict=True)
    ]
    return photos, [look.dhash for look in looks]


def _photo(name: str, path: Path, look: _Look, group: str, licence: str) -> Photo:
    return Photo(name, path, look.sha256, look.width, look.height, group, "train", licence)


def _look_at(paths: Sequence[Path]) -> list[_Look]:
    """A look at each file, from the cache where size and modification time are unchanged."""
    cache = read_object(CACHE)
    found: dict[str, _Look] = {}
    try:
        for key in (str(path.absolute()) for path in paths):
            found[key] = _look(Path(key), cache.get(key))
    finally:
        # Also what was seen before a bad file is kept: the next start goes on from there.
        fresh = {key: asdict(look) for key, look in found.items() if settled(look.mtime_ns)}
        if any(cache.get(key) != look for key, look in fresh.items()):
            write_if_changed(CACHE, json.dumps(cache | fresh, sort_keys=True, indent=0).encode())
    return list(found.values())


def _look(path: Path, cached: object) -> _Look:
    known = _as_look(cached)
    try:
        status = path.stat()
    except OSError as error:
        raise UserError(
            f"{path}: cannot be read ({error.strerror}); replace or remove it"
        ) from None
    if known and (known.size, known.mtime_ns) == (status.st_size, status.st_mtime_ns):
        return known
    # Only what is new is decoded, so that a parse of the Snakefile imports no numpy.
    from asymmetry.data.images import decode_rgb, difference_hash, read_bytes

    content = read_bytes(path)
    rgb = decode_rgb(content, path)
    height, width = rgb.shape[:2]
    return _Look(
        status.st_size,
        status.st_mtime_ns,
        sha256(content).hexdigest(),
        width,
        height,
        difference_hash(rgb),
    )


def _as_look(cached: object) -> _Look | None:
    """An entry of the cache; None where it is not as written."""
    if not isinstance(cached, dict) or cached.keys() != _Look.__annotations__.keys():
        return None
    if any(type(cached[name]) is not kind for name, kind in _Look.__annotations__.items()):
        return None
    return _Look(**cached)
