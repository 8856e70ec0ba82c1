"""Which file of a folder of restored images belongs to which reference: by names."""

from collections import Counter
from collections.abc import Collection, Mapping
from pathlib import Path

from asymmetry.core.errors import UserError
from asymmetry.data.fingerprints import CACHE
from asymmetry.data.photos import Photo, folder_photos

CHANGES_NUMBERS = False
_SHOWN = 3
Size = tuple[int, int]  # width and height in pixels


def matched_names(references: Collection[str], found: Collection[str]) -> dict[str, str]:
    """The name in `found` of each reference that has one, in the order of the references.

    Names are paths without suffix. They are those of the references, all with one ending more: none
    or, say, `_x4` or `_SwinIR`. It is the ending that most names share, the shortest of several; it
    holds no slash and begins with no digit, so that `img1` is not the image `img12`.
    """
    known, asked = set(found), set(references)
    endings = Counter(
        ending for name in known for ending in _endings(name) if _stem(name, ending) in asked
    )
    if not endings:
        return {}
    common = min(endings, key=lambda ending: (-endings[ending], len(ending), ending))
    return {name: name + common for name in references if name + common in known}


def restored_photos(
    folder: Path, references: Mapping[str, Size], scale: int, kept: Path = CACHE
) -> dict[str, Photo]:
    """The restored image of each reference that has one, of those below a folder.

    `references` are the sizes of the references by name; `kept` as in `folder_photos`. Raises
    UserError, with a line for each mistake, where no name matches, and as `folder_photos` and
    `size_problem`.
    """
    photos = {photo.name: photo for photo in folder_photos(folder, kept=kept)}
    names = matched_names(references, photos)
    if not names:
        raise UserError(no_match(folder, references, photos))
    found = {reference: photos[name] for reference, name in names.items()}
    problems = (
        (photo.path, size_problem((photo.width, photo.height), references[name], scale))
        for name, photo in found.items()
    )
    if mistakes := [f"{path}: {problem}" for path, problem in problems if problem]:
        raise UserError("\n".join(mistakes))
    return found


def no_match(folder: Path, references: Collection[str], found: Collection[str]) -> str:
    """The line for a folder of which no image has the name of a reference."""
    return (
        f"{folder}: no image has the name of a reference; it holds {_some(found)}, the references "
        f"are {_some(references)}: rename the images, all with one ending if any (such as _x4)"
    )


def size_problem(restored: Size, reference: Size, scale: int) -> str | None:
    """What is wrong with the size of a restored image; None where nothing is.

    It is that of its reference, or of the reference cropped to multiples of the scale.
    """
    whole = multiple_size(reference, scale)
    if restored in (reference, whole):
        return None
    cropped = f", or {whole[0]}x{whole[1]} at scale {scale}" if whole != reference else ""
    return (
        f"is of {restored[0]}x{restored[1]} pixels, but its reference is of "
        f"{reference[0]}x{reference[1]}{cropped}; give images of that size"
    )


def multiple_size(size: Size, scale: int) -> Size:
    """The size of an image once it is cropped to multiples of the scale."""
    width, height = size
    return width - width % scale, height - height % scale


def _endings(name: str) -> list[str]:
    """Every end of a name that may be added to a reference's, the empty one too."""
    base = name.rpartition("/")[2]
    return ["", *(base[place:] for place in range(1, len(base)) if not base[place].isdigit())]


def _stem(name: str, ending: str) -> str:
    return name[: len(name) - len(ending)]


def _some(names: Collection[str]) -> str:
    listed = sorted(names)
    more = f" and {len(listed) - _SHOWN} others" if len(listed) > _SHOWN else ""
    return ", ".join(listed[:_SHOWN]) + more
