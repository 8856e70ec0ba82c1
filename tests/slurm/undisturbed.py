"""A study that no fault befalls, for comparison."""

import os
import shutil
import signal
import subprocess
import sys
import time
from functools import cached_property
from pathlib import Path
from typing import Any

from tests.workflow.conftest import Project, new_project

# The trainings one after the other, in one process, which saves the start of a process for each.
ALONE = """
from pathlib import Path
from asymmetry.cli.options import plan_of
from asymmetry.training.job import train
plan = plan_of(Path("params.yaml"))
assert not any(train(plan, run.id) for run in [*plan.warm_starts, *plan.runs])
"""


class Undisturbed:
    """A study that this machine runs without a profile, beside what else goes on."""

    def __init__(self, folder: Path, values: dict[str, Any]) -> None:
        self._project = new_project(folder)
        self._project.write(values)
        self._log = folder / "log"
        trained = f"{sys.executable} -c '{ALONE}'"
        rest = " ".join(self._project.command())
        with self._log.open("wb") as log:
            self._process = subprocess.Popen(
                ["bash", "-c", f"{trained} && touch trained && {rest}"],
                cwd=folder,
                env=self._project.environment() | {"OMP_NUM_THREADS": "1"},
                stdout=log,
                stderr=log,
                start_new_session=True,
            )

    def end(self) -> None:
        """Stop it, where a failed test did not wait for it."""
        if self._process.poll() is None:
            os.killpg(self._process.pid, signal.SIGKILL)

    @cached_property
    def trained(self) -> Project:
        """The study, all its models made."""
        while not (self._project.folder / "trained").exists():
            assert self._process.poll() is None, self._log.read_text()
            time.sleep(0.2)
        return self._project

    @cached_property
    def finished(self) -> Project:
        assert self._process.wait() == 0, self._log.read_text()
        return self._project

    def give(self, run: str, folder: Path) -> None:
        """Copy a finished run to where it belongs by its key, in the study of another folder."""
        source = self.trained.folder / "runs" / run
        shutil.copytree(source, folder / "runs" / run, dirs_exist_ok=True)

    def give_warm_start(self, folder: Path) -> None:
        (warm,) = self.trained.folder.glob("runs/*/*/warm-start/*")
        self.give(str(warm.relative_to(self.trained.folder / "runs")), folder)
