"""`plan.json`: every question of every rater, and the file of every picture, typed."""

import hashlib
from collections.abc import Mapping
from pathlib import Path
from typing import Annotated, Literal

from pydantic import Field, ValidationError

from asymmetry.core.errors import UserError
from asymmetry.core.names import one_line_each
from asymmetry.study.section import Section
from asymmetry.tables.user_study import PICTURES, PLAN
from asymmetry.userstudy.design import Arena, Design, Pair
from asymmetry.userstudy.sessions import REFERENCE, Kind

# The name of a picture is the sha256 of its bytes, which tells a rater nothing.
PictureFile = Annotated[str, Field(pattern=r"^[0-9a-f]{64}\.png$")]


class Picture(Section):
    """One side of a question; `shows` is the id of a run, `reference` or `worse`."""

    shows: str
    file: PictureFile


class Trial(Section):
    """A question as it is asked; `of` is the index in the session of the pair that it repeats."""

    kind: Kind
    task: str
    generator: str
    set: str
    image: str
    left: Picture
    right: Picture
    reference: PictureFile | None
    of: int | None = None

    @property
    def files(self) -> list[str]:
        """The files that it shows."""
        return [file for file in (self.left.file, self.right.file, self.reference) if file]


class Slot(Section):
    """A question whose pair is chosen when its rater comes to it; a repeat is `of` such a pair."""

    kind: Literal["pair", "repeat"]
    of: int | None = None


class Candidates(Section):
    """The cells of an arena, and the files of their pictures: `pictures[photo][what is shown]`."""

    task: str
    generator: str
    set: str
    cells: list[str]
    pictures: dict[str, dict[str, PictureFile]]

    @property
    def arena(self) -> Arena:
        """The same for the design."""
        return Arena(self.task, self.generator, self.set, tuple(self.cells), tuple(self.pictures))


class UserStudy(Section):
    """A user study: what its raters are asked, a session each.

    The adaptive design chooses pairs of `arenas`; the balanced one has none.
    """

    question: str
    seed: int
    crop: int
    reference_shown: bool
    sessions: list[list[Trial | Slot]]
    arenas: tuple[Candidates, ...] = ()

    @property
    def design(self) -> Design:
        """How pairs are chosen."""
        return "adaptive" if self.arenas else "balanced"

    @property
    def files(self) -> set[str]:
        """The files of all pictures."""
        photos = [photo for arena in self.arenas for photo in arena.pictures.values()]
        questions = [one for session in self.sessions for one in session]
        shown = {file for one in questions if isinstance(one, Trial) for file in one.files}
        return shown.union(*(photo.values() for photo in photos))

    def trials(self, rater: int) -> list[Trial]:
        """The questions of a session, up to the first whose pair is not chosen yet."""
        found: list[Trial] = []
        for one in self.sessions[rater]:
            if isinstance(one, Slot):
                break
            found.append(one)
        return found

    def chosen(self, slot: Slot, pair: Pair) -> Trial:
        """The question of a slot, once its pair is chosen; a repeat exchanges the sides."""
        arena = self.arenas[pair.arena]
        files = arena.pictures[pair.photo]
        shown = pair if slot.of is None else pair.exchanged
        return Trial(
            kind=slot.kind,
            task=arena.task,
            generator=arena.generator,
            set=arena.set,
            image=pair.photo,
            left=Picture(shows=shown.left, file=files[shown.left]),
            right=Picture(shows=shown.right, file=files[shown.right]),
            reference=files[REFERENCE] if self.reference_shown else None,
            of=slot.of,
        )

    def with_asked(self, asked: Mapping[tuple[int, int], Pair]) -> "UserStudy":
        """The study with what was chosen, by rater and place in the session."""

        def filled(rater: int, place: int, one: Trial | Slot) -> Trial | Slot:
            if isinstance(one, Trial):
                return one
            pair = asked.get((rater, place if one.of is None else one.of))
            return self.chosen(one, pair) if pair else one

        sessions = [
            [filled(rater, place, one) for place, one in enumerate(session)]
            for rater, session in enumerate(self.sessions)
        ]
        return self.model_copy(update={"sessions": sessions})

    @property
    def content(self) -> bytes:
        """The bytes of `plan.json`."""
        # A balanced plan has the bytes that it had before there was another design.
        without = None if self.arenas else {"arenas"}
        return self.model_dump_json(indent=1, exclude=without).encode() + b"\n"

    @property
    def digest(self) -> str:
        """The sha256 (hex) of `content`, by which answers belong to these questions."""
        return hashlib.sha256(self.content).hexdigest()


def read_plan(folder: Path) -> UserStudy:
    """The user study in a folder; UserError where it is missing or cannot be read."""
    path = folder / PLAN
    try:
        return UserStudy.model_validate_json(path.read_bytes())
    except FileNotFoundError:
        raise UserError(f"{path}: there is none; run `asymmetry userstudy make` first") from None
    except OSError as error:
        raise UserError(f"{path}: cannot be read ({error.strerror})") from None
    except ValidationError as error:
        raise UserError(one_line_each(error, str(path))) from None


def picture_path(folder: Path, file: str) -> Path:
    """Where a picture lies."""
    return folder / PICTURES / file
