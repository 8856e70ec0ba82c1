import json
from itertools import combinations
from pathlib import Path

import numpy as np
import pandas as pd
import pytest
from scipy.special import expit

from asymmetry.core.errors import UserError
from asymmetry.core.randomness import draws
from asymmetry.tables.schemas import COLUMNS
from asymmetry.userstudy.fit import APART, fit
from asymmetry.userstudy.plan import UserStudy
from asymmetry.userstudy.sessions import REFERENCE, Lengths
from asymmetry.userstudy.store import Store
from tests.userstudy.questions import arena, side_of, write_study

TRUE = {"task0/cell0": -1.0, "task0/cell1": -0.3, "task0/cell2": 0.3, "task0/cell3": 1.0}
LENGTHS = Lengths(raters=12, pairs=36, repeats=6, catches=3)


def answer_all(study: UserStudy, store: Store, raters: int, key: int = 0) -> None:
    """Raters who know the cells' true scores, and never miss a catch trial."""
    rng = draws(key, "raters")
    for rater in range(raters):
        for place, trial in enumerate(study.sessions[rater]):
            left, right = trial.left.shows, trial.right.shows
            if trial.kind == "catch":
                best = REFERENCE
            else:
                better = rng.random() < expit(TRUE[left] - TRUE[right])
                best = left if better else right
            store.answer(rater, place, side_of(trial, best))


def read(folder: Path, name: str) -> pd.DataFrame:
    path = folder / name
    return pd.read_csv(path) if path.suffix == ".csv" else pd.read_parquet(path)


def test_raters_with_known_scores_are_recovered_within_their_intervals(tmp_path: Path):
    covered = []
    for key in range(8):
        study, store = write_study(tmp_path / str(key), LENGTHS)
        answer_all(study, store, raters=12, key=key)
        assert fit(tmp_path / str(key), resamples=100)
        cells = read(tmp_path / str(key), "cells.csv").set_index("run")
        assert cells["score"].sum() == pytest.approx(0, abs=1e-9)
        true = pd.Series(TRUE)
        covered.append(cells["low"].le(true) & cells["high"].ge(true))
    assert np.mean(covered) >= 0.85  # 32 intervals of 95 %


def test_the_tables_say_what_was_asked_and_answered(tmp_path: Path):
    study, store = write_study(tmp_path, LENGTHS)
    answer_all(study, store, raters=5)
    summary = fit(tmp_path, resamples=50)
    assert summary == json.loads((tmp_path / "summary.json").read_text())
    assert summary
    assert (summary["raters"], summary["answers"]) == (5, 5 * 45)
    assert (summary["catches_right"], summary["catches"]) == (15, 15)
    cells, raters = read(tmp_path, "cells.csv"), read(tmp_path, "raters.csv")
    assert cells["wins"].sum() == 5 * 36  # neither repeats nor catch trials
    assert cells["comparisons"].tolist() == [90, 90, 90, 90]
    assert (cells["status"] == "ok").all()
    assert raters["rater"].tolist() == [1, 2, 3, 4, 5]


def test_each_two_cells_have_a_difference_with_a_simultaneous_interval(tmp_path: Path):
    study, store = write_study(tmp_path, LENGTHS)
    answer_all(study, store, raters=6)
    summary = fit(tmp_path, resamples=50)
    cells, found = read(tmp_path, "cells.csv"), read(tmp_path, "differences.csv")
    score = cells.set_index("run")["score"]
    assert list(zip(found["run"], found["other"], strict=True)) == list(combinations(TRUE, 2))
    difference = score[found["run"]].to_numpy() - score[found["other"]].to_numpy()
    np.testing.assert_allclose(found["difference"], difference)
    true = [TRUE[run] - TRUE[other] for run, other in combinations(TRUE, 2)]
    assert (found["all_low"].le(true) & found["all_high"].ge(true)).all()
    apart = found["all_low"].gt(0) | found["all_high"].lt(0)
    assert summary
    assert (summary["told_apart"], summary["pairs_of_cells"]) == (apart.sum(), 6)
    assert 0 < apart.sum() < 6
    assert (cells["all_low"] < cells["low"]).all()
    assert (cells["all_high"] > cells["high"]).all()


def test_its_rows_are_those_of_the_assessment_and_their_means_the_scores(tmp_path: Path):
    study, store = write_study(tmp_path, LENGTHS)
    answer_all(study, store, raters=12)
    fit(tmp_path, resamples=50)
    rows, cells = read(tmp_path, "human.parquet"), read(tmp_path, "cells.csv")
    assert list(rows.columns) == COLUMNS["human"]
    assert len(rows) == 4 * 3
    assert set(rows["metric"]) == {"human"}
    (convention,) = rows["convention"].unique()
    assert convention == (
        "Bradley-Terry log-odds of people's choices, reference shown, central 256 pixels, "
        "higher is better"
    )
    means = rows.groupby("run")["value"].mean()
    np.testing.assert_allclose(means, cells.set_index("run")["score"], atol=0.03)


def test_the_same_answers_give_the_same_bytes(tmp_path: Path):
    study, store = write_study(tmp_path, LENGTHS)
    answer_all(study, store, raters=3)
    written = []
    for _ in range(2):
        fit(tmp_path, resamples=50)
        written.append([path.read_bytes() for path in sorted(tmp_path.glob("*.[cjp]*"))])
    assert written[0] == written[1]


def test_without_raters_nothing_is_written(tmp_path: Path):
    study, store = write_study(tmp_path, LENGTHS)
    before = sorted(tmp_path.iterdir())
    assert fit(tmp_path, resamples=50) is None
    store.path.unlink()
    assert fit(tmp_path, resamples=50) is None
    assert sorted(tmp_path.iterdir()) == [path for path in before if path != store.path]
    assert len(study.sessions) == 12


def test_cells_that_were_not_compared_yet_have_no_score(tmp_path: Path, caplog):
    study, store = write_study(tmp_path, LENGTHS)
    trials = study.sessions[0]
    first = next(place for place, trial in enumerate(trials) if trial.kind == "pair")
    for place, trial in enumerate(trials[: first + 1]):
        store.answer(0, place, side_of(trial, trial.left.shows))
    fit(tmp_path, resamples=50)
    cells, rows = read(tmp_path, "cells.csv"), read(tmp_path, "human.parquet")
    assert (cells["status"] == APART).tolist().count(True) == 2
    assert cells["score"].notna().sum() == 2
    assert len(read(tmp_path, "differences.csv")) == 1
    assert rows.loc[rows["status"] == "ok", "run"].nunique() == 2
    assert rows.loc[rows["status"] != "ok", "value"].isna().all()
    assert "2 of 4 cells are not compared with the others yet" in caplog.text


def test_each_task_has_scores_of_its_own(tmp_path: Path):
    arenas = (arena(4, 3, 0), arena(3, 2, 1))
    study, store = write_study(tmp_path, Lengths(3, 30, 0, 0), arenas)
    for rater, session in enumerate(study.sessions):
        for place, trial in enumerate(session):
            store.answer(rater, place, side_of(trial, max(trial.left.shows, trial.right.shows)))
    fit(tmp_path, resamples=20)
    cells = read(tmp_path, "cells.csv")
    assert cells.groupby("task")["score"].sum().abs().max() < 1e-9
    assert (cells.groupby("task")["score"].diff().dropna() > 0).all()


def test_a_rater_may_be_left_out_and_that_is_recorded(tmp_path: Path):
    study, store = write_study(tmp_path, LENGTHS)
    answer_all(study, store, raters=3)
    summary = fit(tmp_path, resamples=20, without=[2])
    assert summary
    assert (summary["raters"], summary["left_out"]) == (2, [2])
    assert read(tmp_path, "raters.csv")["rater"].tolist() == [1, 3]
    with pytest.raises(UserError, match="--without: there is no rater 13"):
        fit(tmp_path, resamples=20, without=[13])


def test_answers_to_other_questions_are_refused(tmp_path: Path):
    study, _ = write_study(tmp_path, LENGTHS)
    changed = study.model_copy(update={"seed": 1})
    (tmp_path / "plan.json").write_bytes(changed.content)
    with pytest.raises(UserError, match="holds answers to other questions"):
        fit(tmp_path, resamples=20)
