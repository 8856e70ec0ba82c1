"""A collapse is found by planted streaks, through checkpoints, and in a real training."""

import json
import shutil
from collections.abc import Callable

import pytest
import torch

from asymmetry.artifacts.verify import fault
from asymmetry.planning.plan import Plan
from asymmetry.planning.run import Run
from asymmetry.tables.collect import runs_table
from asymmetry.training.collapse import Collapse, CollapseCheck, Streaks, collapse_window
from asymmetry.training.deadline import EXIT_CONTINUE
from asymmetry.training.job import train
from tests.training.conftest import Trained

BICUBIC, FIRST = 0.004, 0.002


def check(terms: tuple[str, ...] = ("fidelity",), kept: Streaks | None = None) -> CollapseCheck:
    return CollapseCheck(list(terms), 400, kept or Streaks())


def feed(
    check: CollapseCheck, step: int, mse: float = FIRST, fidelity: float = 1.0, bicubic=BICUBIC
) -> None:
    logs = {"fidelity": torch.tensor(fidelity), "mse": torch.tensor(mse)}
    check.update(step, logs, torch.tensor(bicubic))


def test_the_window_is_a_twentieth_but_at_least_twenty():
    assert [collapse_window(steps) for steps in (30, 400, 1001)] == [20, 20, 51]


@pytest.mark.parametrize(("beyond", "found"), [(19, None), (20, Collapse(6, "mse"))])
def test_a_whole_window_is_needed(beyond: int, found: Collapse | None):
    one = check()
    for step in range(1, 60):
        feed(one, step, mse=0.0401 if 6 <= step < 6 + beyond else FIRST)
    assert one.found() == found


def test_a_break_starts_the_count_anew():
    one = check()
    for step in range(1, 60):
        feed(one, step, mse=FIRST if step in (1, 15, 30) else 0.0401)
    assert one.found() == Collapse(31, "mse")


@pytest.mark.parametrize(
    ("mse", "first", "bicubic", "collapsed"),
    [
        (0.039, 0.002, 0.004, False),  # below 10 times bicubic's
        (0.041, 0.002, 0.004, True),
        (0.041, 0.005, 0.004, False),  # below 10 times its own first
        (0.051, 0.005, 0.004, True),
        (float("inf"), 0.005, 0.004, True),
    ],
)
def test_the_standard_is_ten_decibels(mse: float, first: float, bicubic: float, collapsed: bool):
    one = check()
    for step in range(1, 40):
        feed(one, step, mse=mse if step > 1 else first, bicubic=bicubic)
    assert bool(one.found()) is collapsed


def test_the_batch_of_each_step_has_its_own_standard():
    """An error that is 10 dB above bicubic's on easy batches only is no collapse."""
    one = check()
    for step in range(1, 100):
        feed(one, step, mse=0.05, bicubic=0.004 if step % 15 else 0.006)
    assert one.found() is None


@pytest.mark.parametrize(
    ("first", "later", "collapsed"),
    [(0.02, 1.9, False), (0.02, 2.1, True), (-25.0, -20.0, False), (0.0, 5.0, False)],
)
def test_a_term_explodes_at_a_hundred_times_its_first_value(
    first: float, later: float, collapsed: bool
):
    """A term that was not positive at first, as PSNR with its sign turned, has no such standard."""
    one = check()
    for step in range(1, 40):
        feed(one, step, fidelity=later if step > 1 else first)
    assert one.found() == (Collapse(2, "fidelity") if collapsed else None)


@pytest.mark.parametrize("resumed_after", range(1, 32, 5))
def test_a_checkpoint_keeps_the_streak(resumed_after: int):
    one = check()
    for step in range(1, 32):
        feed(one, step, mse=0.05 if step > 10 else FIRST)
        if step == resumed_after and not one.found():
            one = check(kept=one.kept())
    assert one.found() == Collapse(11, "mse")


def test_what_came_first_is_the_end():
    """The window of steps 5 to 24 was complete before a term was not finite at step 25."""
    one = check()
    for step in range(1, 40):
        feed(one, step, mse=0.05 if step >= 5 else FIRST)
    assert one.found(before=25) == Collapse(5, "mse")
    assert one.found(before=24) is None


@pytest.fixture
def plan(make_plan: Callable[..., Plan], trained: Trained) -> Plan:
    """Five cells, of a rate that ruins their generators; the outputs stay finite."""
    ruinous = {"steps": 30, "learning_rate": 0.1, "schedule": {"kind": "constant"}}
    plan = make_plan(training=ruinous)
    trained(plan, plan.warm_starts[0])
    return plan


def record(run: Run) -> dict[str, object]:
    kept = json.loads(run.record.read_text())
    return {name: kept[name] for name in ("status", "collapsed", "diverged", "outputs", "steps")}


def test_a_collapse_is_a_finished_run_in_a_pack_and_resumed_amid_its_streak(
    plan: Plan, monkeypatch: pytest.MonkeyPatch
):
    run, other = plan.runs[0], plan.runs[1]
    assert train(plan, run.id, other.id) == 0
    together = record(run)
    assert together == {
        "status": "collapsed",
        "collapsed": {"step": 2, "term": "mse"},
        "diverged": None,
        "outputs": {},
        "steps": 21,
    }
    assert fault(run, run.folder) is None  # as `adopt` asks
    row = runs_table(plan).set_index("run").loc[run.id]
    assert row[["status", "collapsed_at", "collapsed_term"]].tolist() == ["collapsed", 2, "mse"]
    log = (run.folder / "log.csv").read_bytes()
    shutil.rmtree(run.folder)
    with monkeypatch.context() as patch:
        rounds = iter(range(1, 10**6))
        patch.setattr("asymmetry.training.deadline.Deadline.reached", lambda *_: next(rounds) > 12)
        assert train(plan, run.id) == EXIT_CONTINUE
    assert train(plan, run.id) == 0
    assert record(run) == together
    assert (run.folder / "log.csv").read_bytes() == log
