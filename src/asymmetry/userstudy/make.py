"""`asymmetry userstudy make`: makes the questions and pictures of a study's trained cells."""

import logging
from collections import Counter
from collections.abc import Mapping
from dataclasses import dataclass

from asymmetry.assessment.images import all_images
from asymmetry.core.errors import UserError
from asymmetry.core.files import write_if_changed
from asymmetry.core.records import read_record
from asymmetry.planning.outside import OUTSIDE
from asymmetry.planning.plan import Plan
from asymmetry.tables.schemas import DONE
from asymmetry.tables.user_study import ANSWERS, PLAN, folder_of
from asymmetry.userstudy.design import Arena, Design
from asymmetry.userstudy.pictures import Shot, write_pictures
from asymmetry.userstudy.plan import Candidates, Picture, Slot, Trial, UserStudy
from asymmetry.userstudy.sessions import REFERENCE, Lengths, Question, sessions
from asymmetry.userstudy.store import Store

_log = logging.getLogger(__name__)


@dataclass(frozen=True)
class Form:
    """The form of questions: whether the reference is shown, the pictures' side in pixels.

    And the design, which says how their pairs are chosen.
    """

    reference_shown: bool
    crop: int
    design: Design = "balanced"

    @property
    def question(self) -> str:
        """What is asked."""
        if self.reference_shown:
            return "Which of the two is closer to the original?"
        return "Which of the two looks better?"


def make(plan: Plan, lengths: Lengths, form: Form, seed: int) -> UserStudy:
    """Write `plan.json` and its pictures; the same arguments give the same bytes.

    Raises UserError where no two cells are trained; where the folder holds answers to other
    questions (its plan then stays as it is); and as `sessions` and `write_pictures`.
    """
    folder = folder_of(plan.study)
    arenas = arenas_of(plan)
    asked = sessions(arenas, lengths, seed, form.design)
    files = write_pictures(plan, shots_of(asked, arenas, form), form.crop, folder)
    made = assemble(asked, arenas, form, seed, files)
    if (folder / ANSWERS).exists():
        Store(folder / ANSWERS).check(made.digest)
    write_if_changed(folder / PLAN, made.content)
    return made


def shots_of(asked: list[list[Question]], arenas: list[Arena], form: Form) -> set[Shot]:
    """The pictures that the questions need; the adaptive design needs every cell on every photo."""
    shots = {shot for session in asked for one in session for shot in _shots(one, arenas, form)}
    if form.design == "adaptive":
        shots |= {shot for arena in arenas for shot in _candidates(arena, form)}
    return shots


def assemble(
    asked: list[list[Question]],
    arenas: list[Arena],
    form: Form,
    seed: int,
    files: Mapping[Shot, str],
) -> UserStudy:
    """The questions with the files of their pictures."""
    candidates = arenas if form.design == "adaptive" else []
    return UserStudy(
        question=form.question,
        seed=seed,
        crop=form.crop,
        reference_shown=form.reference_shown,
        sessions=[[_question(one, arenas, form, files) for one in session] for session in asked],
        arenas=tuple(_pictured(arena, form, files) for arena in candidates),
    )


def arenas_of(plan: Plan) -> list[Arena]:
    """The trained cells of each task and generator, on each evaluation set.

    Beside them, the methods that were made elsewhere for the task and have all images of the set;
    of a task without trained cells, these alone. Cells that diverged or are not trained are left
    out with a warning, and so is what has nothing to be compared with. Raises UserError where
    nothing is left.
    """
    status = {
        run.id: read_record(run.record)["status"] if run.record.is_file() else "not trained"
        for run in plan.runs
    }
    left_out = Counter(state for state in status.values() if state != DONE)
    for state, count in left_out.items():
        _log.warning("%d of %d cells left out: %s", count, len(status), state)
    cells: dict[tuple[str, str], list[str]] = {}
    for run in plan.runs:
        if status[run.id] == DONE:
            cells.setdefault((run.cell.task, run.cell.generator), []).append(run.id)
    photos: dict[str, list[str]] = {}
    for image in all_images(plan.study, plan.photos):
        photos.setdefault(image.set, []).append(image.photo.name)
    for task in dict.fromkeys(method.task for method in plan.outside.values()):
        if not any(key[0] == task for key in cells):
            cells[task, OUTSIDE] = []
    arenas = [
        Arena(*key, name, (*runs, *_outside(plan, key[0], name, images)), tuple(images))
        for key, runs in cells.items()
        for name, images in photos.items()
    ]
    found = [arena for arena in arenas if len(arena.cells) > 1]
    for arena in arenas:
        if len(arena.cells) == 1:
            _log.warning(
                "%s: left out, nothing else is of task %s, generator %s and set %s",
                *(*arena.cells, arena.task, arena.generator, arena.set),
            )
    if not found:
        raise UserError(
            "userstudy: no two cells of one task and generator are trained, nor made elsewhere; "
            "train first"
        )
    return found


def _outside(plan: Plan, task: str, set_name: str, images: list[str]) -> list[str]:
    """What was made elsewhere for the task, and has all images of the set."""
    found = []
    for method in plan.outside.values():
        if method.task != task:
            continue
        lacking = method.lacking(set_name, images)
        if lacking:
            _log.warning(
                "%s: left out of '%s', of which it lacks %d images, such as %s",
                *(method.name, set_name, len(lacking), lacking[0]),
            )
        else:
            found.append(method.id)
    return found


def _shots(question: Question, arenas: list[Arena], form: Form) -> list[Shot]:
    """The pictures of a question: left, right, and the reference if it is shown."""
    pair = question.pair
    if pair is None:
        return []
    arena = arenas[pair.arena]
    shown = [pair.left, pair.right, *([REFERENCE] if form.reference_shown else [])]
    return [Shot(arena.task, arena.set, pair.photo, one) for one in shown]


def _candidates(arena: Arena, form: Form) -> list[Shot]:
    """The pictures of all cells of an arena, and the references if they are shown."""
    shown = [*arena.cells, *([REFERENCE] if form.reference_shown else [])]
    return [Shot(arena.task, arena.set, photo, one) for photo in arena.photos for one in shown]


def _pictured(arena: Arena, form: Form, files: Mapping[Shot, str]) -> Candidates:
    pictures: dict[str, dict[str, str]] = {photo: {} for photo in arena.photos}
    for shot in _candidates(arena, form):
        pictures[shot.image][shot.shows] = files[shot]
    return Candidates(
        task=arena.task,
        generator=arena.generator,
        set=arena.set,
        cells=list(arena.cells),
        pictures=pictures,
    )


def _question(
    question: Question, arenas: list[Arena], form: Form, files: Mapping[Shot, str]
) -> Trial | Slot:
    pair = question.pair
    if pair is None:
        return Slot.model_validate({"kind": question.kind, "of": question.of})
    arena = arenas[pair.arena]
    shots = _shots(question, arenas, form)
    left, right = (Picture(shows=shot.shows, file=files[shot]) for shot in shots[:2])
    return Trial(
        kind=question.kind,
        task=arena.task,
        generator=arena.generator,
        set=arena.set,
        image=pair.photo,
        left=left,
        right=right,
        reference=files[shots[2]] if form.reference_shown else None,
        of=question.of,
    )
