"""The parts of evaluation images that are kept of every generator's output, to be looked at."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from pathlib import Path

from asymmetry.study.evaluation import Evaluation

CHANGES_NUMBERS = True


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


def views(evaluation: Evaluation, images: Mapping[str, Iterable[str]]) -> list[View]:
    """The crops that the study names, then the centres; `images`: the names of each set, sorted."""
    found = [
        View(crop.set, crop.image, crop.name, crop.size, (crop.left, crop.top))
        for crop in evaluation.crops
    ]
    kept = evaluation.pictures
    for name in evaluation.sets:
        found += [
            # An image's name may hold slashes: folders, so that no two share a file.
            View(name, image, f"centre-{kept.side}/{name}/{image}", kept.side)
            for image in list(images.get(name, ()))[: kept.images]
        ]
    return found
