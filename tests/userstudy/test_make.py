import hashlib
import json
import shutil
from dataclasses import replace
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from PIL import Image

from asymmetry.assessment.images import all_images, reference_and_low
from asymmetry.assessment.targets import find_target, restorer
from asymmetry.core.devices import choose_device
from asymmetry.core.errors import UserError
from asymmetry.data.images import central_square, to_uint8
from asymmetry.planning.plan import Plan
from asymmetry.study import parse_study
from asymmetry.userstudy.design import Pair
from asymmetry.userstudy.make import Form, arenas_of, make
from asymmetry.userstudy.pictures import coarse
from asymmetry.userstudy.plan import Slot, Trial, read_plan
from asymmetry.userstudy.sessions import REFERENCE, WORSE, Lengths, sessions
from asymmetry.userstudy.store import Store
from tests.trained import photo, train

FOLDER = Path("data/userstudy")
LENGTHS, SHOWN = Lengths(raters=2, pairs=6, repeats=2, catches=1), Form(True, 40)
SCRIPT = "<img src=x onerror=alert(1)>.png"


@pytest.fixture
def plan(workplace: Path, study_values: dict[str, Any]) -> Plan:
    """A study on its own small photos, two of whose five cells have a generator."""
    for folder, names in {"photos": ["a.png", "b.png"], "set": ["p7.png", SCRIPT]}.items():
        (workplace / folder).mkdir()
        for seed, name in enumerate(names):
            photo(seed, 70).save(workplace / folder / name)
    study_values["photos"] = {"source": "photos"}
    study_values["evaluation"] |= {"sets": {"test": "set"}}
    plan = Plan(parse_study(study_values, "test"))
    train(plan, 0)
    train(plan, 1)
    return plan


def content() -> dict[str, bytes]:
    return {str(path): path.read_bytes() for path in FOLDER.rglob("*") if path.is_file()}


def picture(file: str) -> np.ndarray:
    return np.asarray(Image.open(FOLDER / "pictures" / file))


def test_the_same_seed_makes_the_same_bytes(plan: Plan):
    made = make(plan, LENGTHS, SHOWN, seed=0)
    first = content()
    shutil.rmtree(FOLDER)
    assert make(plan, LENGTHS, SHOWN, seed=0) == made == read_plan(FOLDER)
    assert content() == first
    assert {path.rpartition("/")[2] for path in first} == {"plan.json", *made.files}


def test_a_picture_is_what_the_assessment_restores_without_loss(plan: Plan):
    made = make(plan, LENGTHS, SHOWN, seed=0)
    task = plan.study.tasks["bicubic-x4"]
    images = {one.photo.name: one for one in all_images(plan.study, plan.photos)}
    kinds = set()
    for trial in made.sessions[0]:
        assert isinstance(trial, Trial)
        reference, low = reference_and_low(images[trial.image], task)
        original = central_square(to_uint8(reference), 40)
        assert trial.reference
        assert (picture(trial.reference) == original).all()
        for side in (trial.left, trial.right):
            kinds.add(side.shows)
            if side.shows == REFERENCE:
                expected = original
            elif side.shows == WORSE:
                expected = central_square(coarse(to_uint8(reference)), 40)
            else:
                restore = restorer(find_target(plan, side.shows), 4, choose_device("cpu"))
                expected = central_square(to_uint8(restore(low)), 40)
            assert (picture(side.file) == expected).all()
    assert kinds == {plan.runs[0].id, plan.runs[1].id, REFERENCE, WORSE}


def test_a_file_name_is_the_digest_of_its_bytes_and_tells_nothing(plan: Plan):
    made = make(plan, LENGTHS, SHOWN, seed=0)
    for file in made.files:
        bytes_of = (FOLDER / "pictures" / file).read_bytes()
        assert file == f"{hashlib.sha256(bytes_of).hexdigest()}.png"
        assert b"tEXt" not in bytes_of  # no words inside, such as a name or a date


def test_a_script_in_a_photos_name_is_only_a_name(plan: Plan):
    made = make(plan, LENGTHS, SHOWN, seed=0)
    names = {trial.image for rater in range(2) for trial in made.trials(rater)}
    assert names == {"p7", SCRIPT.removesuffix(".png")}


def test_a_hidden_reference_is_not_among_the_files(plan: Plan):
    made = make(plan, Lengths(1, 6, 0, 0), Form(False, 40), seed=0)
    assert made.question == "Which of the two looks better?"
    assert len(made.files) == 4  # two cells on two photos
    assert {trial.reference for trial in made.trials(0)} == {None}


def test_what_is_worse_is_much_worse():
    rgb = np.asarray(photo(1, 64))
    error = np.mean((rgb.astype(float) - coarse(rgb)) ** 2)
    assert error > 50  # below 31 dB


def test_diverged_and_untrained_cells_are_left_out_and_said(plan, caplog):
    train(plan, 2, status="diverged")
    (arena,) = arenas_of(plan)
    assert arena.cells == (plan.runs[0].id, plan.runs[1].id)
    assert "1 of 5 cells left out: diverged" in caplog.text
    assert "2 of 5 cells left out: not trained" in caplog.text


def test_a_single_trained_cell_has_nothing_to_be_compared_with(plan: Plan):
    shutil.rmtree(plan.runs[1].folder)
    with pytest.raises(UserError, match="no two cells of one task and generator are trained"):
        make(plan, LENGTHS, SHOWN, seed=0)


def test_a_model_that_is_not_the_recorded_one_is_refused(plan: Plan):
    (plan.runs[0].folder / "generator.safetensors").write_bytes(b"other")
    with pytest.raises(UserError, match="its sha256 differs"):
        make(plan, LENGTHS, SHOWN, seed=0)


def test_a_balanced_plan_has_the_bytes_that_its_answers_belong_to(plan: Plan):
    """Answers name the digest of their plan, also those from before there was another design."""
    make(plan, LENGTHS, SHOWN, seed=0)
    written = json.loads((FOLDER / "plan.json").read_text())
    assert list(written) == ["question", "seed", "crop", "reference_shown", "sessions"]
    assert list(written["sessions"][0][0]) == [
        *("kind", "task", "generator", "set", "image", "left", "right", "reference", "of")
    ]


def test_an_adaptive_plan_leaves_its_pairs_open_and_has_all_their_pictures(plan: Plan):
    made = make(plan, LENGTHS, replace(SHOWN, design="adaptive"), seed=0)
    assert made == read_plan(FOLDER)
    assert made.design == "adaptive"
    balanced = sessions(arenas_of(plan), LENGTHS, 0)
    for session, other in zip(made.sessions, balanced, strict=True):
        assert [(one.kind, one.of) for one in session] == [(one.kind, one.of) for one in other]
        assert all(isinstance(one, Slot) == (one.kind != "catch") for one in session)
    (candidates,) = made.arenas
    assert candidates.arena == arenas_of(plan)[0]
    for pictures in candidates.pictures.values():
        assert list(pictures) == [plan.runs[0].id, plan.runs[1].id, REFERENCE]
    assert {path.name for path in (FOLDER / "pictures").iterdir()} == made.files
    pair = Pair(0, "p7", plan.runs[1].id, plan.runs[0].id)
    first = made.chosen(Slot(kind="pair"), pair)
    again = made.chosen(Slot(kind="repeat", of=0), pair)
    assert (first.left, first.right) == (again.right, again.left)
    assert first.left.file == candidates.pictures["p7"][plan.runs[1].id]
    assert first.reference == candidates.pictures["p7"][REFERENCE]


def test_answers_to_other_questions_are_not_orphaned(plan: Plan):
    made = make(plan, LENGTHS, SHOWN, seed=0)
    Store(FOLDER / "answers.sqlite").create(made.digest, 2)
    make(plan, LENGTHS, SHOWN, seed=0)
    with pytest.raises(UserError, match="holds answers to other questions, and stays as it is"):
        make(plan, LENGTHS, SHOWN, seed=1)
    assert read_plan(FOLDER) == made


def test_a_damaged_plan_is_named(plan: Plan):
    make(plan, LENGTHS, SHOWN, seed=0)
    (FOLDER / "plan.json").write_text('{"seed": "x"')
    with pytest.raises(UserError, match=r"data/userstudy/plan.json: "):
        read_plan(FOLDER)
