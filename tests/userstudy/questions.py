"""User studies that need no trained cell: their pictures are of one colour each."""

from pathlib import Path

import numpy as np

from asymmetry.core.files import write_atomically
from asymmetry.tables.user_study import ANSWERS, PLAN
from asymmetry.userstudy.design import Arena, Design
from asymmetry.userstudy.make import Form, assemble, shots_of
from asymmetry.userstudy.pictures import write_picture
from asymmetry.userstudy.plan import Trial, UserStudy
from asymmetry.userstudy.sessions import Lengths, sessions
from asymmetry.userstudy.store import Side, Store


def arena(cells: int = 4, photos: int = 3, number: int = 0) -> Arena:
    """An arena with runs and photos that are named by number."""
    return Arena(
        f"task{number}",
        "compact-tiny",
        "held-out",
        tuple(f"task{number}/cell{index}" for index in range(cells)),
        tuple(f"photo{index}" for index in range(photos)),
    )


def write_study(
    folder: Path,
    lengths: Lengths,
    arenas: tuple[Arena, ...] = (arena(),),
    shown: bool = True,
    design: Design = "balanced",
) -> tuple[UserStudy, Store]:
    """A user study in a folder, and its store of answers, as `make` and `serve` leave them."""
    form, asked = Form(shown, 256, design), sessions(arenas, lengths, 0, design)
    shots = sorted(shots_of(asked, list(arenas), form))
    files = {
        shot: write_picture(np.full((256, 256, 3), 5 * place, np.uint8), folder)
        for place, shot in enumerate(shots)
    }
    study = assemble(asked, list(arenas), form, 0, files)
    write_atomically(folder / PLAN, study.content)
    store = Store(folder / ANSWERS)
    store.create(study.digest, len(study.sessions))
    return study, store


def side_of(trial: Trial, shows: str) -> Side:
    """The side that shows it."""
    return "left" if trial.left.shows == shows else "right"
