"""The commands as they are typed, on a study whose cells need no training."""

import subprocess
import sys
from pathlib import Path

import pandas as pd
import pytest
import yaml

from asymmetry.planning.plan import Plan
from asymmetry.study import parse_study
from asymmetry.userstudy.plan import read_plan
from asymmetry.userstudy.store import Store
from tests.conftest import small_values
from tests.trained import photo, train

FOLDER = Path("data/userstudy")


def userstudy(*arguments: str) -> str:
    command = [sys.executable, "-m", "asymmetry", "userstudy", *arguments]
    done = subprocess.run(command, capture_output=True, text=True)
    assert done.returncode == 0, done.stderr
    return done.stdout


@pytest.fixture
def plan(workplace: Path) -> Plan:
    for folder, count in {"photos": 2, "set": 3}.items():
        (workplace / folder).mkdir()
        for seed in range(count):
            photo(10 * count + seed, 64).save(workplace / folder / f"p{seed}.png")
    values = small_values()
    values["photos"] = {"source": "photos"}
    values["evaluation"] |= {"sets": {"own": "set"}}
    (workplace / "params.yaml").write_text(yaml.safe_dump(values))
    plan = Plan(parse_study(values, "test"))
    for index in range(3):
        train(plan, index)
    return plan


def test_from_trained_cells_to_the_judgement_of_people(plan: Plan):
    assert "20 sessions of 70 pairs" in userstudy("make", "--design", "adaptive")
    assert read_plan(FOLDER).design == "adaptive"
    made = userstudy("make", "--raters", "20", "--pairs", "60")
    assert "20 sessions of 70 pairs" in made
    study = read_plan(FOLDER)
    assert study.design == "balanced"
    assert {len(session) for session in study.sessions} == {70}
    assert "no answers yet" in userstudy("fit")
    assert not (FOLDER / "human.parquet").exists()

    store = Store(FOLDER / "answers.sqlite")
    store.create(study.digest, 20)
    for rater in range(2):
        for place in range(70):
            store.answer(rater, place, "left")
    said = userstudy("fit")
    assert "2 raters, 140 answers" in said
    assert "repeats answered alike: 0 of 12" in said
    assert "catch trials answered right: 4 of 8" in said
    assert "pairs of cells told apart: 0 of 3" in said
    rows = pd.read_parquet(FOLDER / "human.parquet")
    assert set(rows["run"]) == {run.id for run in plan.runs[:3]}
    # Who always chooses the left prefers no cell: each stands there as often as on the right.
    assert pd.read_csv(FOLDER / "cells.csv")["score"].abs().max() < 0.15
    assert "1 raters, 70 answers" in userstudy("fit", "--without", "1")

    said = userstudy("export", "answers", "--licence", "CC-BY-4.0")
    assert said.startswith("answers: 140 answers in answers.csv")
    assert pd.read_csv("answers/answers.csv")["rater"].nunique() == 2
