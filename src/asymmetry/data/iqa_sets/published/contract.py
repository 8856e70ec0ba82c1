"""What the loader of a published set defines. A file of this folder loads the set of its name."""

from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from asymmetry.core.errors import UserError
from asymmetry.data.iqa_sets.published.release import Release
from asymmetry.data.iqa_sets.score_files import AS_RELEASED


@dataclass(frozen=True)
class Entry:
    """An image that the score file names, and the score as it stands there.

    `image` and `reference` are paths as in the release, in any case; the reference is the content,
    so one reference has one spelling. `where` is the place in the score file.
    """

    where: str
    image: str
    score: Any
    reference: str | None = None
    kind: str = ""


@dataclass(frozen=True)
class Layout:
    """How a set writes its scores: their direction, lowest and highest value, and the entries."""

    higher_is_better: bool
    score_range: tuple[float, float]
    entries: Callable[[Release], Iterable[Entry]]


def numbered(kinds: Sequence[str], first: int = 1) -> dict[str, str]:
    """Kinds of distortion by their two digits in file names."""
    return {f"{number:02}": kind for number, kind in enumerate(kinds, start=first)}


def kind_in_name(name: str, kinds: Mapping[str, str], where: str) -> str:
    """The kind in an image's name, `<content>_<kind>_<level>`; UserError where it has none."""
    parts = name.split("_")
    if len(parts) != 3 or parts[1] not in kinds:
        raise UserError(f"{where}: '{name}' names no distortion of this set; {AS_RELEASED}")
    return kinds[parts[1]]
