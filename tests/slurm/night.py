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

from asymmetry.training.lock import WAITING
from tests.slurm.conftest import Cluster, SlurmProject, command, wait_until

_LOGGED_EVERY = 5
HEADING = f"{'fault':<28} {'attempts':>8} {'steps repeated':>14} {'seconds lost':>12}"


def row(name: str, attempts: int, repeated: int, seconds: float) -> str:
    """A row of the table of costs."""
    return f"{name:<28} {attempts:>8} {repeated:>14} {seconds:>12.0f}"


def logged_steps(log: Path) -> list[int]:
    """The steps that a training's log tells of, in the order of their making."""
    return [int(step) for step in re.findall(r"  step (\d+)/", told_in(log))]


def told_in(log: Path) -> str:
    """The text of a training's log, which Snakemake removes when the job starts again."""
    try:
        return log.read_text()
    except FileNotFoundError:
        return ""


@dataclass
class Fault:
    """Something that happens to a training, once, while it waits at a step."""

    name: str
    run: Path  # its folder
    strike: Callable[[str, str, str], Iterator[None]]  # of its run, job, node; goes on at each look
    struck: float | None = None
    recovered: float | None = None
    step: int = 0  # the furthest seen before the fault
    repeated: int = 0
    _going: Iterator[None] = field(default_factory=lambda: iter(()))

    def look(self, cluster: Cluster, run: str, held: bool) -> None:
        """Strike when the training is held; then wait for it to pass that step again."""
        next(self._going, None)
        steps = logged_steps(self.run / "train.log")
        if self.struck is None:
            self.step = max(self.step, *steps[-1:], 0)
            if held and (found := cluster.job_of(run)):
                self.struck, self._going = time.monotonic(), self.strike(run, *found)
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
        attempts = json.loads((self.run / "run.json").read_text())["usage"]["attempts"]
        lost = self.recovered - self.struck if self.recovered and self.struck else math.nan
        return row(self.name, attempts, self.repeated, lost)


class Night:
    """The study under the cluster's faults; the node is lost after `first` are finished."""

    def __init__(
        self, cluster: Cluster, project: SlurmProject, runs: list[str], first: list[str]
    ) -> None:
        self.cluster, self.project = cluster, project
        strikes = {
            "scancel": self._cancel,
            "scontrol requeue": self._requeue,
            "slurmd killed, node down": self._lose_node,
        }
        self._runs = project.folder / "runs"
        self._first = [self._runs / run / "run.json" for run in first]
        self.faults = [
            Fault(name, self._runs / run, strike)
            for (name, strike), run in zip(strikes.items(), runs, strict=True)
        ]

    def watch(self, head: subprocess.Popen[bytes], log: Path) -> int:
        """Strike until the head ends; its exit code."""

        def ended() -> bool:
            for fault in self.faults:
                run = str(fault.run.relative_to(self._runs))
                fault.look(self.cluster, run, self._is_due(run))
            self.cluster.skip_the_wait()
            return head.poll() is not None

        wait_until(ended, head, log, ended=True)
        return head.returncode

    def _is_due(self, run: str) -> bool:
        is_last = self.faults[-1].run == self._runs / run
        waits = is_last and not all(record.is_file() for record in self._first)
        return self.project.pace.held(run) is not None and not waits

    def _cancel(self, run: str, job: str, _node: str) -> Iterator[None]:
        command("scancel", job)
        yield from self._end(run)

    def _requeue(self, run: str, job: str, _node: str) -> Iterator[None]:
        command("scontrol", "requeue", job)
        yield from self._end(run)

    def _end(self, run: str) -> Iterator[None]:
        """Until the training that was struck has ended: it must not go on to the end instead."""
        while psutil.pid_exists(self.project.pace.held(run) or 0):
            yield
        self.project.pace.go_on(run)

    def _lose_node(self, run: str, _job: str, node: str) -> Iterator[None]:
        cut_off = self.cluster.jobs_on(node)
        self.cluster.kill_node(node)
        training = self.project.pace.held(run)
        while WAITING not in told_in(self._runs / run / "train.log"):
            assert self.project.pace.held(run) == training, "two trainings in one folder"
            yield
        self.project.pace.go_on(run)
        while any(_goes_on(job) for job in cut_off):
            yield
        self.cluster.revive_node(node)


def _goes_on(job: str) -> bool:
    """Whether a job still runs on a node that SLURM cannot reach."""
    called = (process.info["cmdline"] or [""] for process in psutil.process_iter(["cmdline"]))
    return any(words[0].startswith(f"slurmstepd: [{job}.") for words in called)
