"""The consistency of each rater: repeats, catch trials, and a preference of one side."""

from collections.abc import Iterable, Sequence

import pandas as pd

from asymmetry.userstudy.plan import Trial, UserStudy
from asymmetry.userstudy.sessions import REFERENCE
from asymmetry.userstudy.store import Answer, Side


def chosen(trial: Trial, choice: Side) -> str:
    """What the chosen side of a trial shows."""
    return (trial.left if choice == "left" else trial.right).shows


def rater_table(study: UserStudy, answers: Iterable[Answer]) -> pd.DataFrame:
    """A row for each rater who answered: `rater` from 1, as their links are listed.

    In `repeats_same` of `repeats` answered repeats the rater chose the same cell again, which was
    on the other side; chance gives a half. In `catches_right` of `catches` the rater chose the
    reference. `left` is the share of answers on the left, a half without a preferred side.
    """
    given: dict[int, list[Side]] = {}
    for answer in answers:
        given.setdefault(answer.rater, []).append(answer.choice)
    return pd.DataFrame(
        [
            {"rater": rater + 1, "answered": len(choices), "asked": len(study.sessions[rater])}
            | _row(study.trials(rater), choices)
            for rater, choices in sorted(given.items())
        ]
    )


def _row(session: Sequence[Trial], choices: Sequence[Side]) -> dict[str, float]:
    """Answers are in the order of the session, which may be unfinished."""
    asked = list(zip(session, choices, strict=False))
    repeats = [
        chosen(trial, choice) == chosen(*asked[trial.of])
        for trial, choice in asked
        if trial.of is not None
    ]
    catches = [chosen(trial, one) == REFERENCE for trial, one in asked if trial.kind == "catch"]
    return {
        "repeats_same": sum(repeats),
        "repeats": len(repeats),
        "catches_right": sum(catches),
        "catches": len(catches),
        "left": sum(choice == "left" for choice in choices) / len(choices),
    }
