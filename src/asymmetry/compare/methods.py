"""The methods of a comparison: folders of restored images, each under a name of its own."""

import re
from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

from asymmetry.core.errors import UserError
from asymmetry.core.files import digest
from asymmetry.data.photos import Photo
from asymmetry.data.restored import Size, restored_photos
from asymmetry.planning.outside import OUTSIDE

_UNFIT = re.compile(r"[^A-Za-z0-9_.+-]+")


@dataclass(frozen=True)
class Method:
    """A folder's restored images by the names of their references; its id says their bytes."""

    name: str
    id: str
    folder: Path
    images: Mapping[str, Photo]


def find_methods(
    folders: Sequence[Path], references: Mapping[str, Size], scale: int, task: str, kept: Path
) -> list[Method]:
    """The methods of the folders; `kept` is the file of fingerprints.

    Raises UserError, with a line for each mistake, as `restored_photos`, and where a folder is
    named twice.
    """
    found, mistakes = [], list[str]()
    for name, folder in unique_names(folders).items():
        try:
            images = restored_photos(folder, references, scale, kept)
        except UserError as error:
            mistakes += str(error).splitlines()
            continue
        content = digest([[image, photo.sha256] for image, photo in images.items()])
        found.append(Method(name, f"{task}/{OUTSIDE}/{name}-{content[:8]}", folder, images))
    if mistakes:
        raise UserError("\n".join(mistakes))
    return found


def unique_names(folders: Sequence[Path]) -> dict[str, Path]:
    """A name for each folder: its own, with as many of those above it as tell it from the others.

    Characters that have a meaning in paths and addresses become `_`. Raises UserError where a
    folder is named twice.
    """
    whole = [folder.resolve() for folder in folders]
    for folder, count in Counter(whole).items():
        if count > 1:
            raise UserError(f"{folder}: is named twice; name each folder once")
    depth = dict.fromkeys(whole, 1)
    while True:
        names = {folder: _name(folder, depth[folder]) for folder in whole}
        counts = Counter(names.values())
        alike = [f for f in whole if counts[names[f]] > 1 and depth[f] < len(f.parts)]
        if not alike:
            break
        for folder in alike:
            depth[folder] += 1
    found: dict[str, Path] = {}
    for folder, given in zip(whole, folders, strict=True):
        name, number = names[folder], 1
        while name in found:
            number += 1
            name = f"{names[folder]}-{number}"
        found[name] = given
    return found


def _name(folder: Path, depth: int) -> str:
    """The last `depth` parts of a path as a name."""
    name = _UNFIT.sub("_", "-".join(folder.parts[-depth:])).strip("_.+-")
    return name or "folder"
