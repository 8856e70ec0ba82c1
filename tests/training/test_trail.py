import json
from collections.abc import Callable
from pathlib import Path

from asymmetry.planning.plan import Plan
from asymmetry.training.job import train
from asymmetry.training.trail import Trail, read_trail, trail_of
from tests.training.conftest import company_of


def test_a_training_leaves_the_digest_of_its_state_at_the_first_logged_multiple(
    make_plan: Callable[..., Plan],
):
    plan = make_plan(execution={"log_every": 3})
    warm = plan.warm_starts[0]
    (member,) = company_of(plan, warm).members
    for _ in range(3):
        member.step()
    expected = trail_of(member.state)
    train(plan, warm.id)
    assert read_trail(warm.folder) == expected
    member.step()
    assert trail_of(member.state).state != expected.state


def test_a_training_shorter_than_that_leaves_its_last(make_plan: Callable[..., Plan]):
    plan = make_plan(execution={"log_every": 50})
    warm = plan.warm_starts[0]
    train(plan, warm.id)
    trail = read_trail(warm.folder)
    assert trail
    assert trail.step == 20


def test_what_is_no_trail_is_none(tmp_path: Path):
    assert read_trail(tmp_path) is None
    (tmp_path / "trail.json").write_text(json.dumps({"step": 3}))
    assert read_trail(tmp_path) is None
    (tmp_path / "trail.json").write_text(json.dumps({"step": 3, "state": "1a"}))
    assert read_trail(tmp_path) == Trail(3, "1a")
