import os
import shutil
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
import yaml

from asymmetry.planning.plan import Plan
from asymmetry.planning.run import Run
from asymmetry.study import parse_study
from asymmetry.training.job import train
from asymmetry.training.logs import TextLog
from asymmetry.training.pack import Pack

Start = Callable[..., subprocess.Popen[str]]


@pytest.fixture
def make_plan(workplace: Path, study_values: dict[str, Any]) -> Callable[..., Plan]:
    """Writes the small study, with changes by section, as params.yaml and plans it."""

    def make(**changes: dict[str, Any]) -> Plan:
        values = study_values | {
            name: study_values.get(name, {}) | change for name, change in changes.items()
        }
        (workplace / "params.yaml").write_text(yaml.safe_dump(values))
        return Plan(parse_study(values, "params.yaml"))

    return make


Trained = Callable[[Plan, Run], None]


@pytest.fixture(scope="session")
def trained(tmp_path_factory: pytest.TempPathFactory) -> Trained:
    """Has a run of a plan finished: trained the first time, and a copy of that for other tests.

    An id says all that a run's bytes depend on, so a run of the same id is the same run.
    """
    store = tmp_path_factory.mktemp("store")

    def finish(plan: Plan, run: Run) -> None:
        kept = store / run.id
        if not kept.is_dir():
            assert train(plan, run.id) == 0
            shutil.copytree(run.folder, kept)
        elif not run.folder.exists():
            shutil.copytree(kept, run.folder)

    return finish


@pytest.fixture
def start() -> Start:
    """Starts `asymmetry train <run> ...` as a process of its own."""

    def begin(runs: str | list[str], folder: Path, **environment: str) -> subprocess.Popen[str]:
        names = [runs] if isinstance(runs, str) else runs
        return subprocess.Popen(
            [sys.executable, "-m", "asymmetry", "train", *names],
            cwd=folder,
            env=os.environ | {"OMP_NUM_THREADS": "1"} | environment,
            stderr=subprocess.PIPE,
            text=True,
            pipesize=4096,  # a training waits for its reader, and runs no more than this ahead
        )

    return begin


def pack_of(plan: Plan, *runs: Run) -> Pack:
    """Runs put together as one process trains them, each with its lines on standard error."""
    return Pack(plan, runs, {run.id: TextLog(run.folder) for run in runs})


def step_of(line: str) -> int:
    """The step in a line of progress, -1 in other lines."""
    return int(line.split(" step ")[1].split("/")[0]) if " step " in line else -1
