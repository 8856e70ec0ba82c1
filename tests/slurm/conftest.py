"""A real SLURM on this machine, and projects on a file system with whole-second times."""

import os
import signal
import subprocess
import sys
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import datetime
from functools import cached_property
from pathlib import Path
from typing import Any

import psutil
import pytest

from asymmetry.planning.plan import Plan
from asymmetry.study import parse_study
from tests.conftest import ROOT, small_values
from tests.slurm.pace import Pace
from tests.slurm.undisturbed import Undisturbed
from tests.workflow.conftest import Project

SCRIPT = ROOT.parent / "shared/slurm/slurm-up.sh"
NODES = ("n1", "n2")
GPUS_A_NODE = 2
RESTART_SECONDS = 3
PATIENCE = 1800.0  # seconds until a test gives up: for what is broken, not for what is slow
# Polls as the shortest jobs need them; the profile's are for longer ones.
QUICK = ("--slurm-init-seconds-before-status-checks", "3")


def command(*arguments: str) -> str:
    return subprocess.run(arguments, check=True, capture_output=True, text=True).stdout


def is_over(process: psutil.Process) -> bool:
    """Whether a process has ended, though nobody may have asked how."""
    try:
        return bool(process.status() == psutil.STATUS_ZOMBIE)
    except psutil.NoSuchProcess:
        return True


def seconds_until(told: str) -> float:
    """Until a time as SLURM prints it; 0 where it has none yet."""
    if told == "N/A":
        return 0.0
    return (datetime.fromisoformat(told) - datetime.now()).total_seconds()


def processes_in(folder: Path) -> Iterator[psutil.Process]:
    """Those of this machine that work in a folder, or below it."""
    for process in psutil.process_iter(["cwd", "environ"]):
        if Path(process.info["cwd"] or "/").is_relative_to(folder):
            yield process


class Cluster:
    """Two virtual nodes with two virtual GPUs each."""

    def __init__(self, base: Path) -> None:
        self.base = base
        self._call("up")

    def _call(self, what: str) -> None:
        settings = {"NODES": str(len(NODES)), "GPUS": str(GPUS_A_NODE), "BASE": str(self.base)}
        subprocess.run(["bash", SCRIPT, what], check=True, env=os.environ | settings)

    def down(self) -> None:
        self._call("down")
        # A daemon waits for ever for jobs that are lost, and would answer to the next SLURM here.
        for process in processes_in(self.base):
            process.kill()

    def tidy(self) -> None:
        """End what a failed test has left: heads, jobs, a node that is down."""
        for process in psutil.process_iter(["ppid", "cmdline"]):
            mine = process.info["ppid"] == os.getpid()
            if mine and "--profile" in (process.info["cmdline"] or []):
                process.kill()
        if command("squeue", "-h"):
            subprocess.run(["scancel", "--user", "root"])
        # Those of a node that SLURM has lost, too.
        for process in processes_in(self.base.parent):
            if "SLURM_JOB_ID" in (process.info["environ"] or {}):
                process.kill()
        for node in NODES:
            if not self._pid_file(node).exists():
                self._start_slurmd(node)
            self.resume(node)
        self._call("up")

    def job_of(self, run: str) -> tuple[str, str] | None:
        """The job that runs a training, and its node."""
        wanted = run.replace("/", "_")
        for line in command("squeue", "-h", "-t", "R", "-o", "%i|%N|%k").splitlines():
            job, node, comment = line.split("|")
            if comment.endswith(wanted):
                return job, node
        return None

    def node_of(self, run: str) -> str | None:
        """The node on which a training runs."""
        found = self.job_of(run)
        return found and found[1]

    def skip_the_wait(self) -> None:
        """SLURM lets a job that was put back wait for two minutes; an administrator need not.

        Some seconds are needed: a node refuses a job ("credential revoked", FAILED) that starts in
        the second in which its former start was ended.
        """
        for line in command("squeue", "-h", "-t", "PD", "-o", "%i|%r|%S").splitlines():
            job, reason, start = line.split("|")
            if reason == "BeginTime" and seconds_until(start) > 2 * RESTART_SECONDS:
                soon = f"starttime=now+{RESTART_SECONDS}seconds"
                subprocess.run(["scontrol", "update", f"jobid={job}", soon])

    def jobs_on(self, node: str) -> list[str]:
        return command("squeue", "-h", "-w", node, "-t", "R", "-o", "%i").split()

    def kill_node(self, node: str) -> None:
        """End a node's slurmd, as if it had lost its network; SLURM notices, its jobs go on."""
        self._end_slurmd(node, signal.SIGKILL)
        command("scontrol", "update", f"nodename={node}", "state=down", "reason=test")

    def revive_node(self, node: str) -> None:
        self._start_slurmd(node)
        self.resume(node)

    def set_aside(self, node: str) -> None:
        """Give the node no new jobs, until it is to `resume`."""
        command("scontrol", "update", f"nodename={node}", "state=drain", "reason=test")

    def resume(self, node: str) -> None:
        # Refused where the node is back in service by itself.
        subprocess.run(["scontrol", "update", f"nodename={node}", "state=resume"])

    @contextmanager
    def altered(self, node: str, *wrapper: str, settings: str = "") -> Iterator[None]:
        """A node whose slurmd, and so its jobs, a command starts, or more settings govern."""
        self._end_slurmd(node, signal.SIGTERM)
        self._start_slurmd(node, *wrapper, settings=settings)
        try:
            yield
        finally:
            self._end_slurmd(node, signal.SIGTERM)
            self._start_slurmd(node)

    def inside(self, node: str, *words: str) -> str:
        """What a command says in the node's own view of the file systems (if `unshare --mount`)."""
        return command("nsenter", "-m", "-t", self._pid_file(node).read_text().strip(), *words)

    def _pid_file(self, node: str) -> Path:
        return self.base / f"run/slurmd-{node}.pid"

    def _start_slurmd(self, node: str, *wrapper: str, settings: str = "") -> None:
        common = self.base / "etc/slurm.conf"
        own = common.with_name(f"slurm-{node}.conf")
        own.write_text(common.read_text() + settings)
        command(*wrapper, "slurmd", "-f", str(own), "-N", node)

    def _end_slurmd(self, node: str, number: signal.Signals) -> None:
        slurmd = psutil.Process(int(self._pid_file(node).read_text()))
        slurmd.send_signal(number)
        while not is_over(slurmd):
            time.sleep(0.05)
        self._pid_file(node).unlink(missing_ok=True)


@pytest.fixture(scope="session")
def slurm(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Cluster]:
    if not SCRIPT.is_file():
        pytest.skip("no ../shared/slurm beside the checkout: it starts the SLURM needed here")
    if os.geteuid() != 0:
        pytest.skip("not root: a SLURM cannot be started")
    cluster = Cluster(tmp_path_factory.mktemp("slurm"))
    yield cluster
    cluster.down()


@pytest.fixture
def cluster(slurm: Cluster) -> Iterator[Cluster]:
    yield slurm
    slurm.tidy()


@dataclass
class SlurmProject(Project):
    """A project whose studies the cluster runs, their trainings as the test paces them."""

    settings: tuple[str, ...] = ()  # beside what a user types

    @cached_property
    def pace(self) -> Pace:
        return Pace(self.folder)

    def environment(self) -> dict[str, str]:
        own = super().environment()
        return own | {"PATH": os.pathsep.join([str(self.pace.folder), own["PATH"]])}

    def command(self, *arguments: str) -> list[str]:
        typed = ["snakemake", "--cores", "all", "--profile", "slurm"]
        return [sys.executable, "-m", *typed, *self.settings, *arguments]

    def head(self, log: str, *arguments: str) -> subprocess.Popen[bytes]:
        """Snakemake in the background, its messages in a file."""
        with (self.folder / log).open("wb") as file:
            return subprocess.Popen(
                self.command(*arguments),
                cwd=self.folder,
                env=self.environment(),
                stdout=file,
                stderr=file,
            )


def wait_until(
    happened: Callable[[], Any],
    head: subprocess.Popen[bytes],
    log: Path,
    ended: bool = False,
) -> Any:
    """What happened; AssertionError where it does not, or the head ends before (unless `ended`)."""
    last = time.monotonic() + PATIENCE
    while not (what := happened()):
        assert ended or head.poll() is None, log.read_text()
        assert time.monotonic() < last, log.read_text()
        time.sleep(0.2)
    return what


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


def slurm_values(steps: int = 60, **execution: Any) -> dict[str, Any]:
    """Ten cells on a GPU each, unless in a pack, and one that diverges."""
    values = small_values()
    values["grid"]["fidelity"] = ["l1", "mse"]
    values["grid"]["include"] = [
        {"fidelity": ["l1"], "discriminators": ["vgg-patch"], "adversarial_weights": [1e39]}
    ]
    values["training"]["steps"] = steps
    values["execution"] |= {
        "pack": 1,
        "log_every": 5,
        "runs_per_job": 50,
        "resources": {"train": {"gpu": 1, "mem_mb": 1000}},
    }
    values["execution"] |= execution
    return values


def plan_of(values: dict[str, Any]) -> Plan:
    return Plan(parse_study(values, "a test"))


def named(values: dict[str, Any], *parts: str) -> list[str]:
    """The first cell of each of these names."""
    runs = [run.id for run in plan_of(values).runs]
    return [next(run for run in runs if f"/{part}/" in run) for part in parts]


@pytest.fixture(scope="session")
def undisturbed(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Undisturbed]:
    study = Undisturbed(tmp_path_factory.mktemp("undisturbed"), slurm_values())
    yield study
    study.end()


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
