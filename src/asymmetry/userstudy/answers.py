"""The answers of a user study, beside the questions as they were asked."""

from collections.abc import Collection
from pathlib import Path

from asymmetry.core.errors import UserError
from asymmetry.tables.user_study import ANSWERS
from asymmetry.userstudy.plan import UserStudy, read_plan
from asymmetry.userstudy.store import Answer, Store


def read_answers(folder: Path, without: Collection[int] = ()) -> tuple[UserStudy, list[Answer]]:
    """The user study in a folder with what it asked, and the answers by rater and place.

    `without` are raters, from 1, who are left out. Raises UserError where there is no such rater,
    and where the answers are to another plan.
    """
    study, path = read_plan(folder), folder / ANSWERS
    if not path.exists():
        return study, []
    store = Store(path)
    store.check(study.digest)
    for rater in without:
        if not 1 <= rater <= len(study.sessions):
            raise UserError(f"--without: there is no rater {rater}")
    answers = [answer for answer in store.answers if answer.rater + 1 not in without]
    return study.with_asked(store.asked()) if study.arenas else study, answers
