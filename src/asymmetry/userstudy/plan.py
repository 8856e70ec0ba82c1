"""`plan.json`: every question of every rater, and the file of every picture, typed."""

import hashlib
from pathlib import Path
from typing import Annotated

from pydantic import Field, ValidationError

from asymmetry.core.errors import UserError
from asymmetry.core.names import one_line_each
from asymmetry.study.section import Section
from asymmetry.tables.user_study import PICTURES, PLAN
from asymmetry.userstudy.sessions import Kind

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


class UserStudy(Section):
    """A user study: what its raters are asked, a session each."""

    question: str
    seed: int
    crop: int
    reference_shown: bool
    sessions: list[list[Trial]]

    @property
    def files(self) -> set[str]:
        """The files of all pictures."""
        return {file for session in self.sessions for trial in session for file in trial.files}

    @property
    def content(self) -> bytes:
        """The bytes of `plan.json`."""
        return self.model_dump_json(indent=1).encode() + b"\n"

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
