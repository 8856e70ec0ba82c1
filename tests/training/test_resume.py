import random
import shutil
import signal
from collections.abc import Callable
from pathlib import Path

import pytest

from asymmetry.core.errors import UserError
from asymmetry.planning.plan import Plan
from asymmetry.planning.run import Run
from asymmetry.training.deadline import EXIT_CONTINUE, Deadline
from asymmetry.training.job import train
from asymmetry.training.trainer import Trainer
from tests.training.conftest import Start, Trained, pack_of, step_of

Prepared = Callable[[Plan, str], Run]


@pytest.fixture
def prepared(trained: Trained) -> Prepared:
    """The heaviest cell with a discriminator, its warm start trained."""

    def prepare(plan: Plan, discriminator: str) -> Run:
        run = next(run for run in reversed(plan.runs) if run.cell.discriminator == discriminator)
        trained(plan, plan.find(str(run.warm_start)))
        return run

    return prepare


def state_bytes(trainer: Trainer) -> dict[str, bytes]:
    return {name: t.detach().numpy().tobytes() for name, t in trainer.state.tensors().items()}


def test_half_and_half_is_the_whole(make_plan: Callable[..., Plan], prepared: Prepared):
    """Generator, average, discriminator and both optimizers: the same bytes."""
    plan = make_plan(training={"steps": 8}, execution={"checkpoint_seconds": 1000})
    run = prepared(plan, "vit-vanilla")
    whole = continued(plan, run, from_step=0)
    shutil.rmtree(run.folder)

    (half,) = pack_of(plan, run).trainers
    half.begin()
    while half.state.step < 4:
        half.step()
    half.stop(signalled=True, gained=True)
    rest = continued(plan, run, from_step=4)
    assert state_bytes(rest) == state_bytes(whole)
    parts = {name.split("/")[0] for name in state_bytes(rest)}
    assert parts == {
        "generator",
        "average",
        "generator_optimizer",
        "discriminator",
        "discriminator_optimizer",
    }


def continued(plan: Plan, run: Run, from_step: int) -> Trainer:
    pack = pack_of(plan, run)
    (trainer,) = pack.trainers
    assert trainer.state.step == from_step
    pack.train(Deadline(None))
    return trainer


@pytest.mark.slow
@pytest.mark.parametrize(
    ("signals", "discriminator"),
    [
        pytest.param(["SIGKILL", "SIGTERM"], "vgg-patch", id="one of each"),
        pytest.param(["SIGKILL"] * 10, "vgg-patch", id="SIGKILL", marks=pytest.mark.long),
        pytest.param(["SIGTERM"] * 10, "vit-vanilla", id="SIGTERM", marks=pytest.mark.long),
    ],
)
def test_kills_change_no_byte(
    make_plan: Callable[..., Plan],
    prepared: Prepared,
    trained: Trained,
    start: Start,
    workplace: Path,
    signals: list[str],
    discriminator: str,
):
    # What is told fills a pipe after some 40 steps, and then the training waits: however fast it
    # is, it is never so far ahead of the reader here that it ends before its last signal.
    steps = 80 * len(signals)
    plan = make_plan(
        training={"steps": steps, "snapshots": [0.1, 0.3, 0.6]},
        execution={"checkpoint_seconds": 0.1},
    )
    run = prepared(plan, discriminator)
    trained(plan, run)
    undisturbed = outputs(run)
    shutil.rmtree(run.folder)

    chance = random.Random(f"{signals}")
    for name in signals:
        process = start(run.id, workplace)
        assert process.stderr
        first = next(step for line in process.stderr if (step := step_of(line)) > 0)
        target = first + chance.randint(0, 15)
        for line in process.stderr:
            if step_of(line) >= target:
                break
        process.send_signal(getattr(signal, name))
        process.stderr.read()
        assert process.wait() == (-signal.SIGKILL if name == "SIGKILL" else EXIT_CONTINUE)
        assert not run.record.exists()
    last = start(run.id, workplace)
    _, messages = last.communicate()
    assert last.returncode == 0, messages
    assert outputs(run) == undisturbed


def outputs(run: Run) -> dict[str, bytes]:
    assert run.record.is_file()
    return {
        file.name: file.read_bytes()
        for file in [*run.folder.glob("*.safetensors"), run.folder / "log.csv"]
    }


def test_a_deadline_saves_and_asks_for_more(
    make_plan: Callable[..., Plan],
    prepared: Prepared,
    trained: Trained,
    monkeypatch: pytest.MonkeyPatch,
):
    """With a snapshot before the checkpoint, one at its step, and one after it."""
    plan = make_plan(training={"snapshots": [0.25, 5 / 12, 0.75]})
    run = prepared(plan, "vgg-patch")
    trained(plan, run)
    undisturbed = outputs(run)
    assert set(run.models()) < undisturbed.keys()
    shutil.rmtree(run.folder)

    stopped_at(plan, run, 5, monkeypatch)
    assert not run.record.exists()
    assert train(plan, run.id) == 0
    assert outputs(run) == undisturbed


def stopped_at(plan: Plan, run: Run, step: int, monkeypatch: pytest.MonkeyPatch) -> None:
    """The run begun, and stopped with a checkpoint after a step."""
    pack = pack_of(plan, run)
    (trainer,) = pack.trainers
    with monkeypatch.context() as patch:
        patch.setattr(
            "asymmetry.training.deadline.Deadline.reached", lambda *_: trainer.state.step == step
        )
        assert pack.train(Deadline(None)) == EXIT_CONTINUE


def test_a_kill_between_a_snapshot_and_a_checkpoint_changes_no_byte(
    make_plan: Callable[..., Plan], prepared: Prepared, trained: Trained
):
    """What was kept after the last checkpoint, whole or half, is written again."""
    plan = make_plan(training={"snapshots": [0.25, 0.5]}, execution={"checkpoint_seconds": 1000})
    run = prepared(plan, "vgg-patch")
    trained(plan, run)
    undisturbed = outputs(run)
    shutil.rmtree(run.folder)

    (trainer,) = pack_of(plan, run).trainers
    trainer.begin()
    while trainer.state.step < 7:
        trainer.advance(limited=True)  # the only checkpoint is that of the first step
    early, late = (run.folder / f"generator-{step}.safetensors" for step in (3, 6))
    assert {path.name: path.read_bytes() for path in (early, late)}.items() <= undisturbed.items()
    early.unlink()
    late.write_bytes(b"of another time")
    (again,) = pack_of(plan, run).trainers
    assert again.state.step == 1
    assert train(plan, run.id) == 0
    assert outputs(run) == undisturbed


@pytest.mark.parametrize("harm", [Path.unlink, lambda path: path.write_bytes(b"damaged")])
def test_a_checkpoint_is_not_continued_without_the_snapshots_before_it(
    make_plan: Callable[..., Plan],
    prepared: Prepared,
    trained: Trained,
    monkeypatch: pytest.MonkeyPatch,
    harm: Callable[[Path], object],
):
    """No later step could bring them back; from the start they come back with the same bytes."""
    plan = make_plan(training={"snapshots": [0.25, 0.75]})
    run = prepared(plan, "vgg-patch")
    trained(plan, run)
    undisturbed = outputs(run)
    shutil.rmtree(run.folder)

    stopped_at(plan, run, 5, monkeypatch)
    harm(run.folder / "generator-3.safetensors")
    with pytest.raises(UserError, match=r"checkpoint.bin: follows generator-3.safetensors, which"):
        train(plan, run.id)
    (run.folder / "checkpoint.bin").unlink()
    assert train(plan, run.id) == 0
    assert outputs(run) == undisturbed


def test_a_lost_record_comes_back_without_training(
    make_plan: Callable[..., Plan], prepared: Prepared, trained: Trained
):
    """Snakemake deletes a rule's outputs when it runs the rule again."""
    plan = make_plan()
    run = prepared(plan, "vgg-patch")
    trained(plan, run)
    record = run.record.read_bytes()
    run.record.unlink()
    assert train(plan, run.id) == 0
    assert run.record.read_bytes() == record

    run.record.unlink()
    (run.folder / "generator.safetensors").write_bytes(b"damaged")
    train(plan, run.id)  # a damaged model does not pass: trained again, the same bytes
    assert (run.folder / "generator.safetensors").stat().st_size > 1000
