import errno
import json
import os
import shutil
from collections.abc import Callable
from dataclasses import asdict
from pathlib import Path

import pytest

from asymmetry.core.errors import UserError
from asymmetry.core.usage import Usage
from asymmetry.planning.plan import Plan
from asymmetry.training.checkpoint import load_checkpoint
from asymmetry.training.deadline import EXIT_CONTINUE
from asymmetry.training.heartbeat import (
    PROGRESS,
    Beat,
    Heartbeat,
    failure_noted,
    last_usage,
    read_beat,
)
from asymmetry.training.job import train
from tests.training.conftest import pack_of

USAGE = Usage("cpu", 30.0, 0.5, 100.0, 2)


def heart(folder: Path, **start: float) -> Heartbeat:
    beat = Beat("running", steps=100, **start)
    return Heartbeat(folder, beat, lambda: 13.0, lambda: USAGE)


@pytest.fixture
def clock(monkeypatch: pytest.MonkeyPatch) -> list[float]:
    now = [1000.0]
    monkeypatch.setattr("time.monotonic", lambda: now[0])
    monkeypatch.setattr("time.time", lambda: 1.7e9 + now[0])
    return now


def test_a_beat_tells_how_a_training_stands(
    tmp_path: Path, clock: list[float], monkeypatch: pytest.MonkeyPatch
):
    monkeypatch.setenv("SLURM_JOB_ID", "17")
    monkeypatch.setenv("CUDA_VISIBLE_DEVICES", "3")
    heartbeat = heart(tmp_path, step=40, continued=2)
    clock[0] += 5
    heartbeat.beat(60)
    beat = read_beat(tmp_path)
    assert beat
    assert (beat.state, beat.step, beat.steps, beat.continued) == ("running", 60, 100, 2)
    assert (beat.seconds, beat.steps_per_second) == (13.0, 4.0)
    assert (beat.slurm_job, beat.gpus, beat.pid) == ("17", "3", os.getpid())
    assert beat.updated == 1.7e9 + 1005
    assert beat.usage == last_usage(tmp_path) == USAGE


def test_outside_slurm_and_without_gpu_there_is_null(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
):
    monkeypatch.delenv("SLURM_JOB_ID", raising=False)
    monkeypatch.delenv("CUDA_VISIBLE_DEVICES", raising=False)
    heart(tmp_path).beat(0)
    values = json.loads((tmp_path / PROGRESS).read_text())
    assert values["slurm_job"] is values["gpus"] is values["steps_per_second"] is None


def test_it_is_written_every_two_seconds_and_not_every_step(tmp_path: Path, clock: list[float]):
    heartbeat, written = heart(tmp_path), []
    for step in range(1, 101):  # a step takes 0.1 s
        clock[0] += 0.1
        heartbeat.beat(step)
        beat = read_beat(tmp_path)
        assert beat
        written.append(beat.step)
    assert len(set(written)) == 5
    assert len(list(tmp_path.iterdir())) == 1


@pytest.mark.parametrize("number", [errno.ENOSPC, errno.EDQUOT, errno.ESTALE, errno.EACCES])
def test_a_heartbeat_that_cannot_be_written_stops_nothing(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, number: int
):
    heart(tmp_path).beat(1)

    def fail(_descriptor: int) -> None:
        raise OSError(number, os.strerror(number))

    with monkeypatch.context() as patch:
        patch.setattr("os.fsync", fail)
        heart(tmp_path).beat(2)
        with pytest.raises(RuntimeError), failure_noted(tmp_path):
            raise RuntimeError
    beat = read_beat(tmp_path)
    assert beat
    assert (beat.state, beat.step) == ("running", 1)  # the former one, whole
    assert len(list(tmp_path.iterdir())) == 1


@pytest.mark.parametrize(
    "content", [b"", b"{", b"[]", b"\xff\x00", b"{}", b'{"state": "asleep"}', b'{"step": "x"}']
)
def test_a_damaged_heartbeat_counts_as_none(tmp_path: Path, content: bytes):
    (tmp_path / PROGRESS).write_bytes(content)
    assert read_beat(tmp_path) is None
    assert last_usage(tmp_path) == Usage()


@pytest.mark.parametrize(
    ("error", "line"),
    [
        (UserError("photos: is no folder; give one"), "photos: is no folder; give one"),
        (RuntimeError("CUDA error: lost\nfor debugging, ..."), "RuntimeError: CUDA error: lost"),
        (AssertionError(), "AssertionError: "),
    ],
)
def test_a_failure_is_noted_in_a_line(tmp_path: Path, error: Exception, line: str):
    heart(tmp_path).beat(7)
    with pytest.raises(type(error)), failure_noted(tmp_path):
        raise error
    beat = read_beat(tmp_path)
    assert beat
    assert (beat.state, beat.message, beat.step, beat.usage) == ("failed", line, 7, USAGE)


def test_a_job_that_cannot_even_begin_has_failed(make_plan: Callable[..., Plan]):
    plan = make_plan()
    with pytest.raises(UserError):  # its warm start is missing
        train(plan, plan.runs[0].id)
    beat = read_beat(plan.runs[0].folder)
    assert beat
    assert beat.state == "failed"
    assert beat.message.count("\n") == 0


def test_a_training_that_is_stopped_waits_to_be_continued(
    make_plan: Callable[..., Plan], monkeypatch: pytest.MonkeyPatch
):
    plan = make_plan()
    warm = plan.warm_starts[0]
    with monkeypatch.context() as patch:
        steps = iter(range(100))
        patch.setattr("asymmetry.training.deadline.Deadline.reached", lambda *_: next(steps) == 5)
        assert train(plan, warm.id) == EXIT_CONTINUE
    beat = read_beat(warm.folder)
    header, _ = load_checkpoint(warm.folder / "checkpoint.bin", warm.id)
    assert beat
    assert (beat.state, beat.message) == ("continue", "stopped by its time limit")
    assert beat.step == header.step
    assert beat.steps == 20
    assert (beat.usage.attempts, header.usage.attempts) == (1, 1)

    assert train(plan, warm.id) == 0
    assert not (warm.folder / PROGRESS).exists()
    record = json.loads(warm.record.read_text())
    assert (record["continued"], record["usage"]["attempts"]) == (1, 2)
    assert record["usage"]["device_seconds"] > beat.usage.device_seconds


def test_what_a_killed_attempt_lost_was_used(make_plan: Callable[..., Plan]):
    """Killed before its first checkpoint, it leaves a heartbeat only."""
    plan = make_plan()
    warm = plan.warm_starts[0]
    warm.folder.mkdir(parents=True)
    killed = Beat("running", step=9, usage=Usage("cpu", 5000.0, 0.5, 1e6, 4))
    (warm.folder / PROGRESS).write_text(json.dumps(asdict(killed)))
    assert train(plan, warm.id) == 0
    record = json.loads(warm.record.read_text())
    assert record["usage"]["device_seconds"] > 5000 > record["seconds"]
    assert (record["usage"]["attempts"], record["usage"]["peak_memory_mb"]) == (5, 1e6)


def test_a_damaged_heartbeat_keeps_no_training_from_going_on(make_plan: Callable[..., Plan]):
    plan = make_plan()
    warm = plan.warm_starts[0]
    train(plan, warm.id)
    before = (warm.folder / "generator.safetensors").read_bytes()
    shutil.rmtree(warm.folder)
    warm.folder.mkdir()
    (warm.folder / PROGRESS).write_bytes(b"{")
    assert not pack_of(plan, warm).failures
    assert train(plan, warm.id) == 0
    assert (warm.folder / "generator.safetensors").read_bytes() == before
