"""A real server of a user study, as a process that can be killed and started again."""

import re
import signal
import socket
import subprocess
import sys
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

import yaml

from tests.conftest import small_values


def free_port() -> int:
    """A port that nothing listens at."""
    with socket.create_server(("127.0.0.1", 0)) as listening:
        return int(listening.getsockname()[1])


@dataclass
class Server:
    """`asymmetry userstudy serve` in a folder with a study; its links once it is started."""

    folder: Path
    port: int
    process: subprocess.Popen[str] | None = None
    links: tuple[str, ...] = ()

    def start(self) -> None:
        """Start, and wait until it listens."""
        self.process = serving(self.folder, self.port)
        assert self.process.stdout
        printed = []
        for line in self.process.stdout:
            printed.append(line)
            if line.startswith("Ctrl-C"):
                break
        self.links = tuple(re.findall(r"http://\S+", "".join(printed)))
        assert self.links, printed

    def kill(self) -> None:
        """End it as a power cut would."""
        assert self.process
        self.process.kill()
        self.process.communicate()
        assert self.process.returncode == -signal.SIGKILL
        self.process = None

    def stop(self) -> str:
        """End it as Ctrl-C does; what it had printed since the start."""
        process, self.process = self.process, None
        if not process:
            return ""
        process.send_signal(signal.SIGINT)
        return process.communicate()[0]


def serving(folder: Path, port: int, under: Sequence[str] = ()) -> subprocess.Popen[str]:
    """The process of a server on a study's folder; its standard error is in its output.

    `under`: a command that runs it.
    """
    values = small_values()
    values["execution"] |= {"user_study": str(folder / "userstudy")}
    (folder / "params.yaml").write_text(yaml.safe_dump(values))
    command = [sys.executable, "-m", "asymmetry", "userstudy", "serve", "--port", str(port)]
    return subprocess.Popen(
        [*under, *command], cwd=folder, stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True
    )
