"""A real SLURM on this machine, and projects on a file system with whole-second times."""

import os
import signal
import subprocess
import sys
import threading
import time
from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import psutil
import pytest

from tests.conftest import ROOT, small_values
from tests.workflow.conftest import Project, new_project

SCRIPT = ROOT.parent / "shared/slurm/slurm-up.sh"
NODES, GPUS_A_NODE = 2, 2


def command(*arguments: str) -> str:
    return subprocess.run(arguments, check=True, capture_output=True, text=True).stdout


class Cluster:
    """Two virtual nodes with two virtual GPUs each."""

    def __init__(self, base: Path) -> None:
        self.base = base
        self._call("up")

    def _call(self, what: str) -> None:
        settings = {"NODES": str(NODES), "GPUS": str(GPUS_A_NODE), "BASE": str(self.base)}
        subprocess.run(["bash", SCRIPT, what], check=True, env=os.environ | settings)

    def down(self) -> None:
        self._call("down")

    def job_of(self, run: str) -> tuple[str, str] | None:
        """The job that runs a training, and its node."""
        wanted = run.replace("/", "_")
        for line in command("squeue", "-h", "-t", "R", "-o", "%i|%N|%k").splitlines():
            job, node, comment = line.split("|")
            if comment.endswith(wanted):
                return job, node
        return None

    def skip_the_wait(self) -> None:
        """SLURM lets a job that was put back wait for two minutes; an administrator need not."""
        for line in command("squeue", "-h", "-t", "PD", "-o", "%i %r").splitlines():
            job, reason = line.split(maxsplit=1)
            if reason == "BeginTime":
                subprocess.run(["scontrol", "update", f"jobid={job}", "starttime=now"])

    def jobs_on(self, node: str) -> list[str]:
        return command("squeue", "-h", "-w", node, "-t", "R", "-o", "%i").split()

    def kill_node(self, node: str) -> None:
        """End a node's slurmd, as if it had lost its network; SLURM notices, its jobs go on."""
        os.kill(int((self.base / f"run/slurmd-{node}.pid").read_text()), signal.SIGKILL)
        command("scontrol", "update", f"nodename={node}", "state=down", "reason=test")

    def revive_node(self, node: str) -> None:
        command("slurmd", "-f", str(self.base / "etc/slurm.conf"), "-N", node)
        # Refused where the node is back in service by itself.
        subprocess.run(["scontrol", "update", f"nodename={node}", "state=resume"])


@pytest.fixture(scope="session")
def cluster(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Cluster]:
    if not SCRIPT.is_file():
        pytest.skip("no ../shared/slurm beside the checkout: it starts the SLURM needed here")
    if os.geteuid() != 0:
        pytest.skip("not root: a SLURM cannot be started")
    cluster = Cluster(tmp_path_factory.mktemp("slurm"))
    yield cluster
    cluster.down()


@dataclass
class SlurmProject(Project):
    """A project whose studies the cluster runs."""

    settings: tuple[str, ...] = ()  # beside what a user types
    search_first: Path | None = None  # before all others in the PATH of the jobs

    def environment(self) -> dict[str, str]:
        own = super().environment()
        first = [str(self.search_first)] if self.search_first else []
        return own | {"PATH": os.pathsep.join([*first, own["PATH"]])}

    def command(self, *arguments: str) -> list[str]:
        typed = ["snakemake", "--cores", "all", "--profile", "slurm"]
        return [sys.executable, "-m", *typed, *self.settings, *arguments]

    def head(self, log: str) -> subprocess.Popen[bytes]:
        """Snakemake in the background, its messages in a file."""
        with (self.folder / log).open("wb") as file:
            return subprocess.Popen(
                self.command(), cwd=self.folder, env=self.environment(), stdout=file, stderr=file
            )


@pytest.fixture(scope="module")
def disk(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Path]:
    """An empty file system whose times are whole seconds (ext2 with small inodes)."""
    folder = tmp_path_factory.mktemp("disk")
    image = folder / "image"
    with image.open("wb") as file:
        file.truncate(2**30)
    command("mke2fs", "-q", "-t", "ext2", "-I", "128", str(image))
    place = folder / "mounted"
    place.mkdir()
    command("mount", "-o", "loop", str(image), str(place))
    yield place
    command("umount", "--recursive", "--lazy", str(place))


def slurm_values() -> dict[str, Any]:
    """Ten cells that train for some ten seconds each on a GPU of their own, one that diverges."""
    values = small_values()
    values["grid"]["fidelity"] = ["l1", "mse"]
    values["grid"]["include"] = [
        {"fidelity": ["l1"], "discriminators": ["vgg-patch"], "adversarial_weights": [1e39]}
    ]
    values["training"]["steps"] = 300
    values["execution"] |= {
        "log_every": 5,
        "checkpoint_seconds": 2,
        "resources": {"train": {"gpu": 1}},
    }
    return values


@pytest.fixture(scope="session")
def undisturbed(tmp_path_factory: pytest.TempPathFactory) -> Project:
    """The study, run on this machine without a profile."""
    project = new_project(tmp_path_factory.mktemp("undisturbed"))
    project.write(slurm_values())
    done = project.snakemake()
    assert done.returncode == 0, done.stderr
    return project


@dataclass
class Watched:
    """What was held at the same time for a project, at most."""

    folder: Path
    gpus: int = 0
    trainings: int = 0
    _stop: threading.Event = field(default_factory=threading.Event)

    def __enter__(self) -> "Watched":
        self._thread = threading.Thread(target=self._watch)
        self._thread.start()
        return self

    def __exit__(self, *_: object) -> None:
        self._stop.set()
        self._thread.join()

    def _watch(self) -> None:
        while not self._stop.is_set():
            held = command("squeue", "-h", "-t", "R,CG", "-O", "tres-per-job").split()
            self.gpus = max(self.gpus, sum(int(one.split(":")[-1]) for one in held if "gpu" in one))
            self.trainings = max(self.trainings, len(list(trainings_in(self.folder))))
            time.sleep(0.5)


def trainings_in(folder: Path) -> Iterator[psutil.Process]:
    """The trainings of a project that run on this machine."""
    for process in psutil.process_iter(["cmdline", "cwd"]):
        words = process.info["cmdline"] or []
        called = len(words) > 2 and words[1].endswith("/asymmetry") and words[2] == "train"
        if called and process.info["cwd"] == str(folder):
            yield process
