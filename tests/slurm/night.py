"""Faults, each put for real to a training of its own, and what each cost."""

import json
import math
import re
import subprocess
import time
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from pathlib import Path

import psutil

from tests.slurm.conftest import Cluster, SlurmProject, command

_LOGGED_EVERY = 5
HEADING = f"{'fault':<28} {'attempts':>8} {'steps repeated':>14} {'seconds lost':>12}"


def row(name: str, attempts: int, repeated: int, seconds: float) -> str:
    """A row of the table of costs."""
    return f"{name:<28} {attempts:>8} {repeated:>14} {seconds:>12.0f}"


def logged_steps(log: Path) -> list[int]:
    """The steps that a training's log tells of, in the order of their making."""
    if not log.is_file():
        return []
    return [int(step) for step in re.findall(r"  step (\d+)/", log.read_text())]


@dataclass
class Fault:
    """Something that happens to a training, once, while it runs."""

    name: str
    run: Path  # its folder
    strike: Callable[[str, str], Iterator[None]]  # of its job and node; goes on at each look
    struck: float | None = None
    recovered: float | None = None
    step: int = 0  # the furthest seen before the fault
    repeated: int = 0
    _going: Iterator[None] = field(default_factory=lambda: iter(()))

    def look(self, cluster: Cluster, name: str) -> None:
        """Strike when the training is well on its way; then wait for it to pass that step again."""
        next(self._going, None)
        steps = logged_steps(self.run / "train.log")
        if self.struck is None:
            self.step = max(self.step, *steps[-1:], 0)
            if self.step >= 100 and (found := cluster.job_of(name)):
                self.struck, self._going = time.monotonic(), self.strike(*found)
        elif self.recovered is None:
            self._wait_for_recovery(steps)

    def _wait_for_recovery(self, steps: list[int]) -> None:
        # Snakemake empties the log when the job starts again.
        if steps and steps[0] > 1:
            self.repeated = max(0, self.step + _LOGGED_EVERY - steps[0])
        else:
            self.step = max(self.step, *steps[-1:], 0)
        again = bool(steps) and steps[0] > 1 and steps[-1] > self.step
        if again or (self.run / "run.json").is_file():
            self.recovered = time.monotonic()

    def row(self) -> str:
        attempts = json.loads((self.run / "run.json").read_text())["ledger"]["attempts"]
        lost = self.recovered - self.struck if self.recovered and self.struck else math.nan
        return row(self.name, attempts, self.repeated, lost)


class Night:
    """The study under the cluster's faults."""

    def __init__(self, cluster: Cluster, project: SlurmProject, runs: list[str]) -> None:
        self.cluster, self.project = cluster, project
        strikes = {
            "scancel": self._cancel,
            "scontrol requeue": self._requeue,
            "slurmd killed, node down": self._lose_node,
        }
        folders = [project.folder / "runs" / run for run in runs]
        self.faults = [
            Fault(name, folder, strike)
            for (name, strike), folder in zip(strikes.items(), folders, strict=False)
        ]

    def watch(self, head: subprocess.Popen[bytes]) -> int:
        """Strike until the head ends; its exit code."""
        while head.poll() is None:
            for fault in self.faults:
                fault.look(self.cluster, str(fault.run.relative_to(self.project.folder / "runs")))
            self.cluster.skip_the_wait()
            time.sleep(0.3)
        return head.returncode

    def _cancel(self, job: str, _node: str) -> Iterator[None]:
        command("scancel", job)
        yield

    def _requeue(self, job: str, _node: str) -> Iterator[None]:
        command("scontrol", "requeue", job)
        yield

    def _lose_node(self, _job: str, node: str) -> Iterator[None]:
        cut_off = self.cluster.jobs_on(node)
        self.cluster.kill_node(node)
        while any(_goes_on(job) for job in cut_off):
            yield
        self.cluster.revive_node(node)


def _goes_on(job: str) -> bool:
    """Whether a job still runs on a node that SLURM cannot reach."""
    called = (process.info["cmdline"] or [""] for process in psutil.process_iter(["cmdline"]))
    return any(words[0].startswith(f"slurmstepd: [{job}.") for words in called)
