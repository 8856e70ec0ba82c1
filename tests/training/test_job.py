import json
import math
import shutil
import sys
from collections.abc import Callable
from hashlib import sha256
from pathlib import Path
from typing import Any

import pytest
import safetensors.torch
import torch

from asymmetry.artifacts.verify import fault
from asymmetry.planning.plan import Plan
from asymmetry.training.deadline import EXIT_CONTINUE, Deadline
from asymmetry.training.divergence import Divergence, DivergenceCheck
from asymmetry.training.heartbeat import read_beat
from asymmetry.training.job import train
from asymmetry.training.lock import HOLDER, TakenOverError
from tests.training.conftest import Start, Trained, step_of


def test_a_divergence_is_a_finished_run(make_plan: Callable[..., Plan], trained: Trained):
    plan = make_plan(training={"learning_rate": 1e30, "steps": 40})
    trained(plan, plan.warm_starts[0])
    run = plan.runs[0]
    assert train(plan, run.id) == 0
    record = json.loads(run.record.read_text())
    assert record["status"] == "diverged"
    assert 1 < record["diverged"]["step"] <= 40
    assert record["diverged"]["term"].strip("|") in {"pixel", "fidelity"}
    assert record["outputs"] == {}


def test_a_diverged_adversary_is_one_too(make_plan: Callable[..., Plan], trained: Trained):
    plan = make_plan(grid={"adversarial_weights": [1e39]})
    trained(plan, plan.warm_starts[0])
    assert train(plan, plan.runs[0].id) == 0
    record = json.loads(plan.runs[0].record.read_text())
    assert record["diverged"] == {"step": 2, "term": "pixel"}
    assert not list(plan.runs[0].folder.glob("*.safetensors"))


def test_the_record_tells_what_the_run_was(make_plan: Callable[..., Plan], trained: Trained):
    plan = make_plan()
    trained(plan, plan.warm_starts[0])
    run = next(run for run in plan.runs if run.cell.discriminator == "vit-vanilla")
    train(plan, run.id)
    record = json.loads(run.record.read_text())
    assert record["settings"] == json.loads(json.dumps(run.settings))
    assert set(record["outputs"]) == {"generator.safetensors", "discriminator.safetensors"}
    assert record["steps"] == 12
    assert record["gradient_ratio"] > 0
    assert record["receptive_field"] == 32  # the whole crop
    assert record["discriminator_parameters"] == record["discriminator_trained_parameters"] > 5e4
    # `vit-vanilla` of the small study asks for spectral normalisation.
    assert all(norm == pytest.approx(1, abs=0.15) for norm in record["spectral_norms"].values())
    assert not (run.folder / "checkpoint.bin").exists()


def test_cells_of_a_seed_begin_at_their_warm_start(
    make_plan: Callable[..., Plan], trained: Trained
):
    plan = make_plan(training={"steps": 1, "learning_rate": 1e-30}, grid={"seeds": [0, 1]})
    for run in [*plan.warm_starts, *plan.runs]:
        trained(plan, run)
    for run in plan.runs:
        warm = plan.find(str(run.warm_start))
        assert warm.cell.seed == run.cell.seed
        ours, theirs = (
            safetensors.torch.load_file(one.folder / "generator.safetensors") for one in (run, warm)
        )
        assert all(torch.allclose(ours[name], theirs[name], atol=1e-6) for name in theirs)
    one, other = (w.folder / "generator.safetensors" for w in plan.warm_starts)
    assert one.read_bytes() != other.read_bytes()


def test_a_damaged_warm_start_is_named(make_plan: Callable[..., Plan]):
    plan = make_plan()
    warm = plan.warm_starts[0]
    train(plan, warm.id)
    (warm.folder / "generator.safetensors").write_bytes(b"damaged")
    with pytest.raises(
        Exception, match=r"generator.safetensors: is not the file that run.json records"
    ):
        train(plan, plan.runs[0].id)


def test_no_time_at_all_is_a_failure(make_plan: Callable[..., Plan], start: Start, workplace: Path):
    plan = make_plan()
    process = start(plan.warm_starts[0].id, workplace, SLURM_JOB_END_TIME="1000000000")
    _, messages = process.communicate()
    assert process.returncode == 2
    assert "without gaining a step" in messages


def test_sigint_saves_and_asks_to_be_continued(
    make_plan: Callable[..., Plan], start: Start, workplace: Path
):
    plan = make_plan(warm_start={"steps": 100000})
    warm = plan.warm_starts[0]
    process = start(warm.id, workplace)
    assert process.stderr
    next(line for line in process.stderr if step_of(line) > 3)
    process.send_signal(2)
    messages = process.stderr.read()
    assert process.wait() == EXIT_CONTINUE
    assert "Traceback" not in messages
    assert (warm.folder / "checkpoint.bin").is_file()


@pytest.mark.parametrize("finished", [False, True])
def test_a_training_that_was_taken_over_writes_no_more(
    make_plan: Callable[..., Plan], monkeypatch: pytest.MonkeyPatch, finished: bool
):
    """Another job came while this one was cut off; it may even be through."""
    plan = make_plan(execution={"checkpoint_seconds": 1e-9})
    warm = plan.warm_starts[0]
    checkpoint, steps = warm.folder / "checkpoint.bin", iter(range(100))

    def reached(*_: object) -> bool:
        if next(steps) == 5:
            (warm.folder / HOLDER).write_text("another")
            checkpoint.write_text("another's")
            if finished:
                warm.record.write_text("another's")
        return False

    monkeypatch.setattr("asymmetry.training.deadline.Deadline.reached", reached)
    if finished:
        assert train(plan, warm.id) == 0
        assert warm.record.read_text() == "another's"
        return
    with pytest.raises(TakenOverError):
        train(plan, warm.id)
    assert not warm.record.exists()
    assert checkpoint.read_text() == "another's"
    beat = read_beat(warm.folder)
    assert beat
    assert beat.state == "running"


def test_an_unknown_run_is_a_line(make_plan: Callable[..., Plan], start: Start, workplace: Path):
    make_plan()
    process = start("bicubic-x4/compact-tiny/l1/none/0/seed0-00000000", workplace)
    _, messages = process.communicate()
    assert process.returncode == 2
    assert messages.startswith("error: ")
    assert len(messages.splitlines()) == 1


@pytest.mark.parametrize(("seconds_left", "needed", "reached"), [(100, 1, False), (3, 1, True)])
def test_the_deadline_leaves_room_for_a_step_and_a_checkpoint(
    monkeypatch: pytest.MonkeyPatch, seconds_left: float, needed: float, reached: bool
):
    monkeypatch.setattr("time.monotonic", lambda: 1000.0)
    monkeypatch.setattr("signal.signal", lambda *_: None)
    monkeypatch.setattr("asymmetry.training.deadline.seconds_left", lambda: seconds_left)
    assert Deadline(None).reached(needed) is reached


def test_the_check_finds_the_first_term_of_the_first_step():
    check = DivergenceCheck()
    one, bad = torch.tensor(1.0), torch.tensor(math.nan)
    check.update(1, {"pixel": one, "fidelity": one})
    assert check.found() is None
    check.update(2, {"pixel": one, "fidelity": bad})
    check.update(3, {"pixel": bad, "fidelity": bad})
    assert check.found() == Divergence(2, "fidelity")


def test_training_does_not_import_what_it_does_not_use():
    """A cell with a pixel loss and no adversary needs neither pyiqa nor timm, nor statistics."""
    import subprocess

    code = """
import sys, asymmetry.training.job
unused = ("pyiqa", "timm", "lpips", "pandas", "scipy.stats", "scipy.ndimage")
print([name for name in unused if name in sys.modules])
"""
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert done.stdout.strip() == "[]"


def test_snapshots_are_the_average_at_their_steps_and_change_no_byte(
    make_plan: Callable[..., Plan], trained: Trained
):
    def models(**training: Any) -> dict[str, bytes]:
        plan = make_plan(training=training)
        run = next(run for run in plan.runs if run.cell.discriminator == "vgg-patch")
        shutil.rmtree("runs", ignore_errors=True)
        for one in [*plan.warm_starts, run]:
            trained(plan, one)
        recorded = json.loads(run.record.read_text())["outputs"]
        files = {path.name: path.read_bytes() for path in run.folder.glob("*.safetensors")}
        assert recorded == {name: sha256(content).hexdigest() for name, content in files.items()}
        assert sorted(recorded) == sorted(run.models())
        return files

    # The first steps of a constant schedule are those of any longer training.
    constant = {"schedule": {"kind": "constant"}}
    whole = models(**constant, snapshots=[0.25, 0.5], steps=12)
    for step in (3, 6):
        kept = whole.pop(f"generator-{step}.safetensors")
        assert models(**constant, steps=step)["generator.safetensors"] == kept
    assert models(**constant, steps=12) == whole


@pytest.mark.parametrize("at", [5, 6], ids=["after a snapshot", "at a snapshot"])
def test_a_diverged_run_keeps_the_snapshots_from_before(
    make_plan: Callable[..., Plan], trained: Trained, monkeypatch: pytest.MonkeyPatch, at: int
):
    plan = make_plan(
        training={"steps": 10, "snapshots": [0.2, 0.4, 0.6, 0.8]}, execution={"log_every": 10}
    )
    run = plan.runs[0]
    trained(plan, plan.warm_starts[0])
    update = DivergenceCheck.update

    def update_with_nan(check: DivergenceCheck, step: int, logs: dict[str, torch.Tensor]) -> None:
        update(check, step, {n: v * math.nan for n, v in logs.items()} if step == at else logs)

    monkeypatch.setattr(DivergenceCheck, "update", update_with_nan)
    train(plan, run.id)
    record = json.loads(run.record.read_text())
    kept = ["generator-2.safetensors", "generator-4.safetensors"]
    assert list(record["outputs"]) == run.models(at) == kept
    assert sorted(path.name for path in run.folder.glob("*.safetensors")) == kept
    assert fault(run, run.folder) is None
