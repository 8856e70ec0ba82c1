"""`asymmetry status --serve` as it is typed."""

import signal
import subprocess
import sys
from pathlib import Path

import pytest
import requests
import yaml

from tests.conftest import small_values
from tests.userstudy.server import free_port


def serving(folder: Path, port: int) -> subprocess.Popen[str]:
    (folder / "params.yaml").write_text(yaml.safe_dump(small_values()))
    (folder / "tmp").mkdir(exist_ok=True)
    command = [sys.executable, "-m", "asymmetry", "status", "--serve", "--port", str(port)]
    return subprocess.Popen(
        ["env", f"TMPDIR={folder / 'tmp'}", *command],
        cwd=folder,
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        text=True,
    )


@pytest.mark.slow
@pytest.mark.parametrize("number", [signal.SIGINT, signal.SIGTERM])
def test_it_serves_until_it_is_ended_and_leaves_nothing(tmp_path: Path, number: signal.Signals):
    port = free_port()
    server = serving(tmp_path, port)
    assert server.stdout
    line = server.stdout.readline()
    assert line == f"http://127.0.0.1:{port}/  the page as the study grows; Ctrl-C ends\n"
    state = requests.get(f"http://127.0.0.1:{port}/live.json").json()
    assert state["cells"] == "0 of 5 cells done"
    assert requests.get(f"http://127.0.0.1:{port}/").status_code == 200
    second = serving(tmp_path, port)
    assert second.communicate()[0] == (
        f"error: 127.0.0.1:{port}: cannot be listened at (Address already in use); "
        "choose another --port\n"
    )
    assert second.returncode == 2
    server.send_signal(number)
    assert server.communicate()[0] == "ended; the study goes on\n"
    assert server.returncode == 0
    assert list((tmp_path / "tmp").iterdir()) == []
    assert not (tmp_path / "results").exists()
