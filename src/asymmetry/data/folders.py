"""The photos below a folder. A file is a photo, or is left out with a reason, or is an error."""

import os
import stat
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from unicodedata import category, normalize

from asymmetry.core.errors import UserError

CHANGES_NUMBERS = False

SUFFIXES = {
    *(".png", ".jpg", ".jpeg", ".jpe", ".jfif", ".bmp", ".tif", ".tiff", ".webp", ".avif"),
    *(".jp2", ".j2k", ".j2c", ".ppm", ".pgm", ".pbm", ".pnm"),
}
# A name becomes a part of the names of crops; file systems allow 255 bytes.
_LONGEST = 180
_SHOWN = 5
_BREAKS = {"Cc", "Zl", "Zp"}  # Unicode's categories of control characters and breaks


@dataclass(frozen=True)
class LeftOut:
    """A file that is not taken as a photo: its path in the folder, and why."""

    name: str
    why: str


def in_words(left_out: Sequence[LeftOut], folder: str) -> str:
    """A line that names the first files left out, and why; "" where there are none."""
    if not left_out:
        return ""
    shown = "; ".join(f"{one.name} ({one.why})" for one in left_out[:_SHOWN])
    more = f"; and {len(left_out) - _SHOWN} more" if len(left_out) > _SHOWN else ""
    return f"{folder}: {len(left_out)} left out: {shown}{more}"


@dataclass
class Found:
    """The paths of the photos by name, sorted, and what was left out."""

    paths: dict[str, Path] = field(default_factory=dict)
    left_out: list[LeftOut] = field(default_factory=list)


def find_photos(folder: Path) -> Found:
    """All photos below a folder, links followed; the name is the path in it without suffix.

    Names are in Unicode's composed form (NFC) with slashes, so they are the same on all systems.
    Raises UserError, with a line for each mistake, where the folder is missing or holds no photo,
    a folder in it cannot be read, two photos have one name, or a name cannot be used.
    """
    if not folder.is_dir():
        raise UserError(f"{folder}: there is no such folder of photos; check the path")
    found, mistakes = Found(), list[str]()
    for path in sorted(_files(folder, found.left_out, mistakes)):
        inside = path.relative_to(folder)
        if why := _why_not(path):
            found.left_out.append(LeftOut(_printable(inside.as_posix()), why))
            continue
        name = normalize("NFC", inside.with_suffix("").as_posix())
        if wrong := _wrong_name(name):
            mistakes.append(f"{_printable(str(path))}: {wrong}; rename it")
        elif name in found.paths:
            mistakes.append(
                f"{path}: has the name of {found.paths[name]}; rename or remove one of them"
            )
        else:
            found.paths[name] = path
    if mistakes:
        raise UserError("\n".join(mistakes))
    if not found.paths:
        raise UserError(
            f"{folder}: holds no photo ({', '.join(sorted(SUFFIXES))}); add some or name another"
        )
    found.paths = dict(sorted(found.paths.items()))
    found.left_out.sort(key=lambda one: one.name)
    return found


def _files(folder: Path, left_out: list[LeftOut], mistakes: list[str]) -> Iterator[Path]:
    """All files below a folder; a folder that cannot be entered becomes a mistake."""

    def tell(error: OSError) -> None:
        mistakes.append(
            f"{error.filename}: the folder cannot be read ({error.strerror}); "
            "make it readable, or remove it"
        )

    # A folder that leads back to one above it would be entered for ever.
    above = {folder: {os.path.realpath(folder)}}
    for parent, folders, files in os.walk(folder, onerror=tell, followlinks=True):
        here = Path(parent)
        for name in list(folders):
            real = os.path.realpath(here / name)
            why = "hidden" if name[0] == "." else None
            if real in above[here]:
                why = "a link to a folder that it lies in"
            if why:
                folders.remove(name)
                inside = (here / name).relative_to(folder).as_posix()
                left_out.append(LeftOut(_printable(inside), why))
            else:
                above[here / name] = above[here] | {real}
        yield from (here / name for name in files)


def _why_not(path: Path) -> str | None:
    """Why a file is not taken as a photo; None where it is."""
    if path.name[0] == ".":
        return "hidden"
    if path.suffix.lower() not in SUFFIXES:
        return (
            f"'{_printable(path.suffix)}' is no suffix of a photo" if path.suffix else "no suffix"
        )
    try:
        return None if stat.S_ISREG(path.stat().st_mode) else "no file"
    except OSError:
        return None  # reported when it is read


def _wrong_name(name: str) -> str | None:
    """Why a photo cannot have this name; None where it can."""
    kinds = {category(one) for one in name}
    if "Cs" in kinds:
        return "its name is not UTF-8"
    if not kinds.isdisjoint(_BREAKS):
        return "its name holds a line break or another control character"
    if any(len(part.encode()) > _LONGEST for part in name.split("/")):
        return f"its name is longer than {_LONGEST} bytes"
    return None


def _printable(name: str) -> str:
    """A name for a message; characters that cannot be printed are escaped."""
    unfit = {*_BREAKS, "Cs"}
    return "".join(ascii(one)[1:-1] if category(one) in unfit else one for one in name)
