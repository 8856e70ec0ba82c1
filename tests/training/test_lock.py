import os
import signal
import subprocess
import sys
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest

from asymmetry.training import lock
from asymmetry.training.deadline import Deadline
from asymmetry.training.lock import HOLDER, LOCK, TakenOverError, may_write, run_lock

HOLD = """
import sys
from pathlib import Path
from asymmetry.training.deadline import Deadline
from asymmetry.training.lock import run_lock
with run_lock(Path(sys.argv[1]), Deadline(None)) as mine:
    print(mine, flush=True)
    sys.stdin.read()
"""


@pytest.fixture(autouse=True)
def _quick(monkeypatch: pytest.MonkeyPatch):
    monkeypatch.setattr(lock, "_POLL_SECONDS", 0.01)
    monkeypatch.setattr("signal.signal", lambda *_: None)


@contextmanager
def another(folder: Path) -> Iterator[subprocess.Popen[str]]:
    """Another process that holds the folder's lock."""
    process = subprocess.Popen(
        [sys.executable, "-c", HOLD, str(folder)],
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        text=True,
    )
    assert process.stdout
    assert process.stdout.readline() == "True\n"
    yield process
    process.kill()
    process.communicate()


@pytest.fixture
def holder(tmp_path: Path) -> Iterator[subprocess.Popen[str]]:
    with another(tmp_path) as process:
        yield process


def test_the_lock_of_a_killed_process_is_free(tmp_path: Path, holder: subprocess.Popen[str]):
    killer = threading.Timer(0.1, os.kill, (holder.pid, signal.SIGKILL))
    killer.start()
    with run_lock(tmp_path, Deadline(None)) as mine:
        assert mine
        assert holder.wait() == -signal.SIGKILL


def test_who_waits_leaves_at_the_deadline(
    tmp_path: Path, holder: subprocess.Popen[str], caplog: pytest.LogCaptureFixture
):
    with run_lock(tmp_path, Deadline(minutes=1e-9)) as mine:
        assert not mine
    deadline = Deadline(None)
    threading.Timer(0.1, setattr, (deadline, "signalled", True)).start()
    with run_lock(tmp_path, deadline) as mine:
        assert not mine
    assert [r.message.split(": ")[1] for r in caplog.records] == [
        "another job trains here; waiting for it"
    ]


def test_a_file_system_without_locks_is_no_obstacle(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
):
    def refuse(*_: object) -> None:
        raise OSError(95, "Operation not supported")

    monkeypatch.setattr("fcntl.flock", refuse)
    with run_lock(tmp_path, Deadline(None)) as mine:
        assert mine


def test_who_lost_the_folder_is_told(tmp_path: Path):
    with run_lock(tmp_path, Deadline(None)):
        assert may_write(tmp_path)
        (tmp_path / LOCK).unlink()  # as a file server that gave up the lock of a silent node
        assert may_write(tmp_path)
        with another(tmp_path):
            with pytest.raises(TakenOverError, match="another job has taken") as caught:
                may_write(tmp_path)
            (tmp_path / "run.json").touch()
            assert not may_write(tmp_path)
    assert "\n" not in str(caught.value)


def test_a_lock_that_cannot_be_written_is_held(tmp_path: Path):
    """Its name cannot be put into it, on a full disk: then there is nothing to go by."""
    (tmp_path / HOLDER).symlink_to("/dev/full")
    with run_lock(tmp_path, Deadline(None)) as mine:
        assert mine
        assert may_write(tmp_path)


def test_what_was_never_held_is_not_lost(tmp_path: Path):
    (tmp_path / HOLDER).write_text("another")
    assert may_write(tmp_path)
