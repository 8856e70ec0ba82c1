"""Images with human scores: what every door to such a set brings."""

from collections.abc import Callable, Hashable, Iterable, Sequence
from dataclasses import dataclass
from pathlib import Path

from asymmetry.core.errors import UserError


@dataclass(frozen=True)
class ScoredRow:
    """An image and its score as written; `kind` is its distortion, "" where the set has none.

    `held_out` is whether the set's own split keeps it for the test, None where it has no split.
    `where` is the place in the score file.
    """

    name: str
    content: str
    score: float
    image: Path
    reference: Path | None
    kind: str = ""
    held_out: bool | None = None
    where: str = ""


@dataclass(frozen=True)
class Scores:
    """The rows of a set, and whether the better of two images has the higher score."""

    rows: list[ScoredRow]
    higher_is_better: bool


def refuse_repeats(
    rows: Sequence[ScoredRow], names: Callable[[ScoredRow], Iterable[Hashable]], remedy: str
) -> None:
    """UserError, naming both places, where two rows are of one image: it would count twice.

    `names` are those of a row's image; one in common is enough.
    """
    first: dict[Hashable, ScoredRow] = {}
    for row in rows:
        for name in names(row):
            before = first.setdefault(name, row)
            if before is not row:
                other = "" if before.name == row.name else f", there called '{before.name}'"
                raise UserError(
                    f"{row.where}: '{row.name}' has a score already in {before.where}{other}; "
                    f"{remedy}"
                )
