"""What was made elsewhere, before raters: beside the cells, or alone."""

from pathlib import Path
from typing import Any

import pytest
from PIL import Image

from asymmetry.planning.plan import Plan
from asymmetry.study import parse_study
from asymmetry.userstudy.make import Form, arenas_of, make
from asymmetry.userstudy.sessions import Lengths
from tests.trained import photo, train

TASK, FOLDER = "bicubic-x4", Path("data/userstudy")


@pytest.fixture
def values(workplace: Path, study_values: dict[str, Any]) -> dict[str, Any]:
    """A study with two methods of others: one has both images of the set, the other lacks one."""
    for folder in ("photos", "set", "whole", "part"):
        Path(folder).mkdir()
    for seed in (7, 8):
        photo(seed, 70).save(f"set/p{seed}.png")
        photo(seed + 10, 70).save(f"photos/p{seed}.png")
        photo(seed + 20, 68).save(f"whole/p{seed}_x4.png")
    photo(27, 68).save("part/p7.png")
    study_values["photos"] = {"source": "photos"}
    study_values["evaluation"] |= {"sets": {"test": "set"}}
    study_values["outside"] = {
        name: {"task": TASK, "images": {"test": name}} for name in ("whole", "part")
    }
    return study_values


def test_a_method_is_compared_with_cells(values, caplog: pytest.LogCaptureFixture):
    plan = Plan(parse_study(values, "test"))
    train(plan, 0)
    _, whole = plan.outside  # sorted by name
    (arena,) = arenas_of(plan)
    assert arena.cells == (plan.runs[0].id, whole)
    assert "part: left out of 'test', of which it lacks 1 images, such as p8" in caplog.text
    made = make(plan, Lengths(1, 6, 0, 0), Form(False, 40), seed=0)
    shown = {side.shows: side for one in made.sessions[0] for side in (one.left, one.right)}
    assert set(shown) == {plan.runs[0].id, whole}
    found = {
        Image.open(FOLDER / "pictures" / side.file).tobytes()
        for one in made.sessions[0]
        for side in (one.left, one.right)
        if side.shows == whole
    }
    assert found == {photo(seed, 68).crop((14, 14, 54, 54)).tobytes() for seed in (27, 28)}


def test_methods_alone_are_compared_with_each_other(values):
    photo(28, 68).save("part/p8.png")
    plan = Plan(parse_study(values, "test"))
    (arena,) = arenas_of(plan)
    assert arena.cells == tuple(plan.outside)
    assert (arena.task, arena.generator, arena.set) == (TASK, "outside", "test")
