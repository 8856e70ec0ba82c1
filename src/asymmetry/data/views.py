"""The parts of evaluation images that are kept of every generator's output, to be looked at."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

from asymmetry.core.files import digest
from asymmetry.study.evaluation import Evaluation

_LONGEST = 180


@dataclass(frozen=True)
class View:
    """A square of an image; without a `corner` (left, top) from its centre, at most `side` pixels.

    Its `name` says all of that, so a file of that name is the same part of the same image.
    """

    set: str
    image: str
    name: str
    side: int
    corner: tuple[int, int] | None = None

    def path(self, results: str | Path, run: str) -> Path:
        """Where the view of a run, of a baseline or of `<task>/reference` is saved."""
        return Path(results) / "crops" / run / f"{self.name}.png"


def strips(evaluation: Evaluation, images: Mapping[str, Sequence[str]]) -> list[View]:
    """The crops that the study names; `images`: the names of each set, sorted."""
    found = []
    for crop in evaluation.crops:
        image = crop.image if crop.image is not None else next(iter(images.get(crop.set, ())), "")
        corner = None if crop.left is None or crop.top is None else (crop.left, crop.top)
        place = "centre" if corner is None else f"{corner[0]}-{corner[1]}"
        name = f"{crop.set}-{image.replace('/', '_')}-{place}-{crop.size}"
        found.append(View(crop.set, image, _short(name), crop.size, corner))
    return found


def views(evaluation: Evaluation, images: Mapping[str, Sequence[str]]) -> list[View]:
    """The crops that the study names, then the centres; `images`: the names of each set, sorted."""
    found, kept = strips(evaluation, images), evaluation.pictures
    for name in evaluation.sets:
        found += [
            # An image's name may hold slashes: folders, so that no two share a file.
            View(name, image, f"centre-{kept.side}/{name}/{image}", kept.side)
            for image in list(images.get(name, ()))[: kept.images]
        ]
    return found


def _short(name: str) -> str:
    """A name that file systems take: 255 bytes at most."""
    if len(name.encode()) <= _LONGEST:
        return name
    return f"{name.encode()[:_LONGEST].decode(errors='ignore')}-{digest(name)[:8]}"
