from pathlib import Path

from asymmetry.userstudy.consistency import chosen, rater_table
from asymmetry.userstudy.plan import UserStudy
from asymmetry.userstudy.sessions import REFERENCE, Lengths
from asymmetry.userstudy.store import Answer
from tests.userstudy.questions import side_of, write_study


def study_in(folder: Path) -> UserStudy:
    return write_study(folder, Lengths(raters=3, pairs=12, repeats=4, catches=2))[0]


def answers_of(study: UserStudy, rater: int, careful: bool) -> list[Answer]:
    """A careful rater has an order of cells; another one always chooses the left."""
    found = []
    for place, trial in enumerate(study.sessions[rater]):
        best = min(trial.left.shows, trial.right.shows)
        best = REFERENCE if trial.kind == "catch" else best
        found.append(Answer(rater, place, side_of(trial, best) if careful else "left"))
    return found


def test_the_careful_and_the_careless_are_told_apart(tmp_path: Path):
    study = study_in(tmp_path)
    table = rater_table(study, [*answers_of(study, 0, True), *answers_of(study, 2, False)])
    careful, careless = table.to_dict("records")
    assert (careful["rater"], careless["rater"]) == (1, 3)
    assert (careful["repeats_same"], careful["repeats"]) == (4, 4)
    assert (careful["catches_right"], careful["catches"]) == (2, 2)
    # Sides are exchanged, so the same side is never the same cell; one reference stands left.
    assert (careless["repeats_same"], careless["repeats"]) == (0, 4)
    assert (careless["catches_right"], careless["catches"]) == (1, 2)
    assert careless["left"] == 1
    assert 0 < careful["left"] < 1


def test_an_unfinished_session_counts_as_far_as_it_went(tmp_path: Path):
    study = study_in(tmp_path)
    (row,) = rater_table(study, answers_of(study, 1, True)[:9]).to_dict("records")
    asked = [trial.kind for trial in study.sessions[1][:9]]
    assert (row["answered"], row["asked"]) == (9, 18)
    assert row["repeats"] == asked.count("repeat")
    assert row["catches"] == asked.count("catch")


def test_what_is_chosen_is_what_the_side_shows(tmp_path: Path):
    trial = study_in(tmp_path).sessions[0][0]
    assert chosen(trial, "left") == trial.left.shows
    assert chosen(trial, "right") == trial.right.shows
