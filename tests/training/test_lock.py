import os
import signal
import subprocess
import sys
import threading
from pathlib import Path

import pytest

from asymmetry.training import lock
from asymmetry.training.deadline import Deadline
from asymmetry.training.lock import run_lock

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


@pytest.fixture
def holder(tmp_path: Path):
    """Another process that holds the folder's lock."""
    process = subprocess.Popen(
        [sys.executable, "-c", HOLD, str(tmp_path)],
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        text=True,
    )
    assert process.stdout
    assert process.stdout.readline() == "True\n"
    yield process
    process.kill()
    process.communicate()


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
