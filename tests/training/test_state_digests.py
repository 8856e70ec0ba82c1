import json
from collections.abc import Callable
from pathlib import Path

from asymmetry.planning.plan import Plan
from asymmetry.training.job import train
from asymmetry.training.state_digests import StateDigest, digest_of, read_state_digest
from tests.training.conftest import pack_of


def test_a_training_leaves_the_digest_of_its_state_at_the_first_logged_multiple(
    make_plan: Callable[..., Plan],
):
    plan = make_plan(execution={"log_every": 3})
    warm = plan.warm_starts[0]
    (trainer,) = pack_of(plan, warm).trainers
    for _ in range(3):
        trainer.step()
    expected = digest_of(trainer.state)
    train(plan, warm.id)
    assert read_state_digest(warm.folder) == expected
    trainer.step()
    assert digest_of(trainer.state).sha256 != expected.sha256


def test_a_training_shorter_than_that_leaves_its_last(make_plan: Callable[..., Plan]):
    plan = make_plan(execution={"log_every": 50})
    warm = plan.warm_starts[0]
    train(plan, warm.id)
    digest = read_state_digest(warm.folder)
    assert digest
    assert digest.step == 20


def test_what_is_no_digest_is_none(tmp_path: Path):
    assert read_state_digest(tmp_path) is None
    (tmp_path / "state_digests.json").write_text(json.dumps({"step": 3}))
    assert read_state_digest(tmp_path) is None
    (tmp_path / "state_digests.json").write_text(json.dumps({"step": 3, "sha256": "1a"}))
    assert read_state_digest(tmp_path) == StateDigest(3, "1a")
