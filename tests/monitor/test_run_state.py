import json
import os
from collections.abc import Callable
from dataclasses import asdict, replace
from pathlib import Path
from typing import Any

import pytest

from asymmetry.core.usage import Usage
from asymmetry.monitor.run_state import last_line, state_of
from asymmetry.planning.run import Run
from asymmetry.training.heartbeat import PROGRESS, TEXT_LOG, Beat
from tests.planning.test_plan import plan_of

NOW = 1.7e9
USAGE = Usage("cpu", 3600.0, 0.5, 100.0, 2)
BEAT = Beat(
    "running",
    step=120,
    steps=400,
    steps_per_second=4.0,
    continued=2,
    host="node3",
    updated=NOW - 1,
    usage=USAGE,
)


@pytest.fixture
def run(workplace: Path) -> Run:
    run = plan_of().runs[0]
    run.folder.mkdir(parents=True)
    return run


def with_beat(run: Run, **changes: Any) -> Run:
    beat = replace(BEAT, **changes)
    (run.folder / PROGRESS).write_text(json.dumps(asdict(beat)))
    return run


def with_record(run: Run, **facts: Any) -> Run:
    run.record.write_text(json.dumps({"usage": asdict(USAGE)} | facts))
    return run


def with_file(run: Run, name: str, content: str = "") -> Run:
    (run.folder / name).write_text(content)
    return run


@pytest.mark.parametrize(
    ("make", "name", "note"),
    [
        (lambda run: run, "waiting", ""),
        (lambda run: with_file(run, "train.log", "a warning\n"), "waiting", ""),
        (lambda run: with_file(run, "train.log", "error: no\n"), "failed", "error: no"),
        (lambda run: with_file(run, "checkpoint.bin"), "to be continued", "has a checkpoint"),
        (with_beat, "running", "on node3, continued 2 times"),
        (lambda run: with_beat(run, continued=0), "running", "on node3"),
        (
            lambda run: with_beat(run, slurm_job="17", continued=1),
            "running",
            "on node3 (job 17), continued 1 time",
        ),
        (
            lambda run: with_beat(run, updated=NOW - 210),
            "stopped",
            "last heard 3.5 min ago: killed, or node3 died",
        ),
        (lambda run: with_beat(run, state="continue"), "to be continued", "continued 2 times"),
        (
            lambda run: with_beat(run, state="continue", updated=NOW - 1e6, continued=0),
            "to be continued",
            "not continued yet",
        ),
        (lambda run: with_beat(run, state="failed", message="full"), "failed", "full"),
        (
            lambda run: with_file(
                with_beat(run, state="failed", message="full"), "train.log", "x\nlast\n\n"
            ),
            "failed",
            "last",
        ),
        (
            lambda run: with_file(run, "train.log", f"error: runs/{run.id}/log.csv: full"),
            "failed",
            "error: runs/…/log.csv: full",
        ),
        (
            lambda run: with_record(
                run, status="diverged", steps=9, diverged={"step": 7, "term": "|pixel|"}
            ),
            "diverged",
            "|pixel| at step 7",
        ),
        (
            lambda run: with_record(
                run,
                status="collapsed",
                steps=60,
                diverged=None,
                collapsed={"step": 3, "term": "mse"},
            ),
            "collapsed",
            "mse at step 3",
        ),
        (
            lambda run: with_record(with_beat(run), status="done", steps=400, diverged=None),
            "done",
            "1.0 h",
        ),
    ],
)
def test_the_files_of_a_run_say_how_it_stands(
    run: Run, make: Callable[[Run], Run], name: str, note: str
):
    state = state_of(make(run), NOW)
    assert (state.name, state.note) == (name, note)


def test_a_run_without_a_folder_waits(workplace: Path):
    assert state_of(plan_of().runs[0], NOW).name == "waiting"


@pytest.mark.parametrize(
    ("speed", "silence", "name"),
    [
        (4.0, 59, "running"),
        (4.0, 62, "stopped"),
        (0.01, 350, "running"),  # a step takes 100 s
        (0.01, 370, "stopped"),
        (None, 350, "running"),  # compiles
        (None, 370, "stopped"),
        (4.0, -50, "running"),  # the node's clock is ahead
    ],
)
def test_silence_is_measured_in_steps_where_these_are_slow(
    run: Run, speed: float | None, silence: float, name: str
):
    beat = with_beat(run, steps_per_second=speed, updated=NOW - silence)
    assert state_of(beat, NOW).name == name


def dated(run: Run, name: str, seconds: float) -> Run:
    """A file of the run, as if it had been written at that time."""
    os.utime(run.folder / name, (seconds, seconds))
    return run


@pytest.mark.parametrize(
    ("written", "name", "note"),
    [
        (NOW - 5, "running", "on node3, continued 2 times, whose clock is 1.0 h ahead"),
        (NOW - 210, "stopped", "last heard 3.5 min ago: killed, or node3 died"),
        (
            NOW + 3595,
            "running",
            "on node3, continued 2 times, whose clock is 59.9 min ahead: "
            "if it died, that is not seen",
        ),
    ],
)
def test_a_clock_that_is_ahead_is_told(run: Run, written: float, name: str, note: str):
    """Of the server, whose clock is ours, or of a node that dates its files itself."""
    beat = dated(with_beat(run, updated=NOW + 3595), PROGRESS, written)
    state = state_of(beat, NOW)
    assert (state.name, state.note) == (name, note)


@pytest.mark.parametrize(("later", "name"), [(-1, "running"), (0, "failed"), (1, "failed")])
def test_a_failure_that_no_heartbeat_could_tell(run: Run, later: int, name: str):
    """The log had room for its line. An older one is that of an earlier attempt, in company."""
    with_file(with_beat(run), TEXT_LOG, "step 5\nerror: checkpoint.bin: cannot be written\n")
    state = state_of(dated(dated(run, PROGRESS, NOW), TEXT_LOG, NOW + later), NOW)
    assert state.name == name
    assert state.note.startswith("on node3" if name == "running" else "error: checkpoint.bin")


def test_all_that_was_spent_is_told(run: Run):
    assert state_of(with_beat(run), NOW).usage == USAGE
    assert state_of(with_record(run, status="done", steps=4), NOW).usage == USAGE


@pytest.mark.parametrize("content", ["", "{", "[]", '{"diverged": 3, "usage": 4}'])
def test_damaged_files_never_raise(run: Run, content: str):
    for name in (PROGRESS, "run.json"):
        state_of(with_file(run, name, content), NOW)


def test_a_damaged_record_is_told(run: Run):
    assert state_of(with_file(run, "run.json", "{"), NOW).name == "failed"


@pytest.mark.parametrize(
    ("content", "line"),
    [
        (b"", ""),
        (b"\n \n", ""),
        (b"one\ntwo", "two"),
        (b"x" * 10000 + b"\nlast\n\n", "last"),
        (b"\r\x1b[K[##] \xff step 4\n", "[K[##] � step 4"),
    ],
)
def test_the_last_line_is_printable(tmp_path: Path, content: bytes, line: str):
    (tmp_path / "train.log").write_bytes(content)
    assert last_line(tmp_path / "train.log") == line


def test_no_log_has_no_last_line(tmp_path: Path):
    assert last_line(tmp_path / "train.log") == ""
