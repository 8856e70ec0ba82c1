"""Several trainings in one process leave what each would have left alone."""

import json
import shutil
import time
from collections.abc import Callable
from pathlib import Path

import pytest
import torch

from asymmetry.core.errors import UserError
from asymmetry.data.crops import TrainingCrops
from asymmetry.fidelity.dists import Dists
from asymmetry.monitor.run_state import state_of
from asymmetry.planning.plan import Plan
from asymmetry.planning.run import Run
from asymmetry.training.checkpoint import load_checkpoint
from asymmetry.training.deadline import EXIT_CONTINUE, Deadline
from asymmetry.training.heartbeat import read_beat
from asymmetry.training.job import train
from asymmetry.training.logs import CSV_LOG
from asymmetry.training.state_digests import STATE_DIGESTS
from asymmetry.training.trainer import Trainer
from tests.training.conftest import Start, Trained, pack_of, step_of

# Two losses, of which one shares features; a cell without a discriminator and one with each kind.
GRID = {"fidelity": ["l1", "dists-vgg-small-random"], "adversarial_weights": [0, 0.1]}


@pytest.fixture
def plan(make_plan: Callable[..., Plan], trained: Trained) -> Plan:
    """Six cells, and their warm start trained."""
    plan = make_plan(grid=GRID, training={"snapshots": [0.25, 0.5]})
    trained(plan, plan.warm_starts[0])
    return plan


def outputs(run: Run) -> dict[str, bytes]:
    files = [
        *run.folder.glob("*.safetensors"),
        run.folder / CSV_LOG,
        run.folder / STATE_DIGESTS,
    ]
    return {file.name: file.read_bytes() for file in files}


def left_alone(plan: Plan, trained: Trained) -> dict[str, dict[str, bytes]]:
    """What each cell leaves when it is trained alone; the folders are gone afterwards."""
    found = {}
    for run in plan.runs:
        trained(plan, run)
        found[run.id] = outputs(run)
        shutil.rmtree(run.folder)
    return found


def left(plan: Plan) -> dict[str, dict[str, bytes]]:
    return {run.id: outputs(run) for run in plan.runs}


def ids(plan: Plan) -> list[str]:
    return [run.id for run in plan.runs]


def stop_after(monkeypatch: pytest.MonkeyPatch, steps: int) -> None:
    """Let the deadline come after so many steps of all trainers together."""
    calls = iter(range(1, 10**6))
    monkeypatch.setattr(
        "asymmetry.training.deadline.Deadline.reached", lambda *_: next(calls) > steps
    )


def test_in_a_pack_a_cell_leaves_the_bytes_that_it_leaves_alone(plan: Plan, trained: Trained):
    alone = left_alone(plan, trained)
    assert train(plan, *ids(plan)) == 0
    assert left(plan) == alone
    assert len({value["generator.safetensors"] for value in alone.values()}) == len(plan.runs)


def test_stopped_and_continued_in_other_packs_it_still_does(
    plan: Plan, trained: Trained, monkeypatch: pytest.MonkeyPatch
):
    """The second pack holds one finished, two at different steps and one that is fresh."""
    alone, (a, b, c, d, *rest) = left_alone(plan, trained), ids(plan)
    with monkeypatch.context() as patch:
        stop_after(patch, 3 * 5 + 1)
        assert train(plan, a, b, c) == EXIT_CONTINUE
    steps = [
        load_checkpoint(plan.find(one).folder / "checkpoint.bin", one)[0].step for one in (a, b, c)
    ]
    assert steps == [6, 5, 5]
    assert train(plan, c) == 0
    assert train(plan, d, c, a, b) == 0
    assert train(plan, *rest) == 0
    assert left(plan) == alone


def test_one_that_diverges_leaves_the_others_untouched(
    make_plan: Callable[..., Plan], trained: Trained
):
    plan = make_plan(grid={"adversarial_weights": [0, 0.1, 1e39]})
    trained(plan, plan.warm_starts[0])
    alone = left_alone(plan, trained)
    assert train(plan, *ids(plan)) == 0
    assert left(plan) == alone
    ends = [json.loads(run.record.read_text())["status"] for run in plan.runs]
    assert sorted(ends) == ["diverged", "diverged", "done", "done", "done"]


def test_one_that_cannot_begin_stops_nobody(plan: Plan, trained: Trained):
    alone = left_alone(plan, trained)
    broken, *others = plan.runs
    broken.folder.mkdir(parents=True)
    (broken.folder / "checkpoint.bin").write_bytes(b"asymmetry checkpoint 1\nhalf")
    with pytest.raises(UserError, match="is truncated or damaged") as caught:
        train(plan, *ids(plan))
    assert broken.id in str(caught.value)
    assert len(str(caught.value).splitlines()) == 1
    assert {run.id: outputs(run) for run in others} == {run.id: alone[run.id] for run in others}
    assert not broken.record.exists()
    state = state_of(broken, time.time())
    assert (state.name, "is truncated or damaged" in state.note) == ("failed", True)


def test_a_defect_in_one_is_told_and_stops_nobody(plan: Plan, monkeypatch: pytest.MonkeyPatch):
    unlucky, other = plan.runs[1], plan.runs[2]
    step = Trainer.step

    def step_or_fail(trainer: Trainer) -> dict[str, torch.Tensor]:
        if trainer.run == unlucky and trainer.state.step == 4:
            raise RuntimeError("out of luck\nand more")
        return step(trainer)

    monkeypatch.setattr(Trainer, "step", step_or_fail)
    with pytest.raises(UserError) as caught:
        train(plan, unlucky.id, other.id)
    assert str(caught.value) == f"{unlucky.id}: RuntimeError: out of luck"
    assert other.record.is_file()
    log = (unlucky.folder / "train.log").read_text()
    assert "Traceback" in log
    assert step_of(log.splitlines()[3]) == 4
    beat = read_beat(unlucky.folder)
    assert beat
    assert beat.state == "failed"


def test_what_ends_all_is_noted_of_each(plan: Plan, monkeypatch: pytest.MonkeyPatch):
    def fail(*_: object) -> None:
        raise UserError("photos: gone; bring them back")

    monkeypatch.setattr("asymmetry.training.shared_inputs.TrainingCrops", fail)
    with pytest.raises(UserError, match="photos: gone"):
        train(plan, *ids(plan))
    for run in plan.runs:
        assert "photos: gone" in state_of(run, time.time()).note


def test_batches_and_features_are_made_once(plan: Plan, monkeypatch: pytest.MonkeyPatch):
    counts = {"batch": 0, "features": 0}

    def counted(cls: type, name: str) -> None:
        inner = getattr(cls, name)

        def count(self: object, argument: object) -> object:
            counts[name] += 1
            return inner(self, argument)

        monkeypatch.setattr(cls, name, count)

    counted(TrainingCrops, "batch")
    counted(Dists, "features")
    train(plan, *ids(plan))
    assert counts == {"batch": 12, "features": 12}  # steps


def test_no_trainer_writes_to_the_batch(plan: Plan):
    pack = pack_of(plan, *plan.runs)
    batch = pack._shared.batch(0)
    before = [images.clone() for images in batch]
    for trainer in pack.trainers:
        trainer.step()
    assert all(map(torch.equal, batch, before))
    assert [images._version for images in batch] == [0, 0]


def test_one_ahead_that_gains_nothing_has_not_failed(plan: Plan, monkeypatch: pytest.MonkeyPatch):
    ahead, behind = ids(plan)[:2]
    for runs, steps in [((ahead,), 6), ((ahead, behind), 3)]:
        with monkeypatch.context() as patch:
            stop_after(patch, steps)
            assert train(plan, *runs) == EXIT_CONTINUE
    beats = [read_beat(plan.find(run).folder) for run in (ahead, behind)]
    assert [(beat.state, beat.step) for beat in beats if beat] == [("continue", 6), ("continue", 3)]


def test_without_any_gain_all_have_failed(plan: Plan, monkeypatch: pytest.MonkeyPatch):
    stop_after(monkeypatch, 0)
    with pytest.raises(UserError) as caught:
        train(plan, *ids(plan))
    lines = str(caught.value).splitlines()
    assert len(lines) == len(plan.runs)
    assert all("without gaining a step" in line for line in lines)


def test_a_pack_is_charged_for_its_time_once(plan: Plan):
    began = time.monotonic()
    train(plan, *ids(plan))
    passed = time.monotonic() - began
    records = [json.loads(run.record.read_text()) for run in plan.runs]
    assert 0 < sum(record["usage"]["device_seconds"] for record in records) <= passed
    assert 0 < sum(record["seconds"] for record in records) <= passed


def test_what_runs_are_named_together_must_share_batches(make_plan: Callable[..., Plan]):
    plan = make_plan(grid={"seeds": [0, 1]})
    zero, one = (next(run for run in plan.runs if run.cell.seed == seed) for seed in (0, 1))
    with pytest.raises(UserError, match="sees other batches than"):
        train(plan, zero.id, one.id)
    with pytest.raises(UserError, match="sees other batches than"):
        train(plan, zero.id, plan.warm_starts[0].id)


def test_a_signal_saves_every_trainer(
    make_plan: Callable[..., Plan], trained: Trained, start: Start, workplace: Path
):
    plan = make_plan(training={"steps": 100000})
    trained(plan, plan.warm_starts[0])
    one, other = plan.runs[:2]
    process = start([one.id, str(other.record)], workplace)
    log = other.folder / "train.log"
    while not log.is_file() or step_of((log.read_text().splitlines() or [""])[-1]) < 3:
        assert process.poll() is None
        time.sleep(0.05)
    process.terminate()
    _, messages = process.communicate()
    assert process.returncode == EXIT_CONTINUE
    assert messages == ""
    saved = [load_checkpoint(run.folder / "checkpoint.bin", run.id)[0].step for run in (one, other)]
    assert min(saved) >= 3
    assert saved[0] - saved[1] in (0, 1)


@pytest.mark.skipif(not torch.cuda.is_available(), reason="needs a GPU")
def test_on_a_gpu_no_step_makes_the_host_wait(make_plan: Callable[..., Plan], trained: Trained):
    plan = make_plan(
        grid=GRID | {"fidelity": ["dists-vgg-small-random", "ms_ssim"]},
        execution={"device": "cuda"},
    )
    trained(plan, plan.warm_starts[0])
    pack = pack_of(plan, *plan.runs)
    for trainer in pack.trainers:
        trainer.step()  # what is made once may wait
    torch.cuda.set_sync_debug_mode("error")
    try:
        for trainer in pack.trainers:
            trainer.step()
    finally:
        torch.cuda.set_sync_debug_mode("default")


def test_a_pack_of_one_is_over_when_its_run_is(plan: Plan):
    run = plan.runs[0]
    pack = pack_of(plan, run)
    assert pack.train(Deadline(None)) == 0
    assert (pack.trainers, pack.failures) == ([], {})
    assert run.record.is_file()
