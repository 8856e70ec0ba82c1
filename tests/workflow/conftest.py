import os
import shutil
import subprocess
import sys
from collections.abc import Iterable
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pandas as pd
import pytest
import yaml
from filelock import FileLock

from tests.conftest import ROOT, small_values

TABLES = ("scores", "skill", "optimisability", "transfer", "effect", "hypotheses")


@dataclass
class Project:
    """A checkout's workflow in a folder of its own, with a study of its own."""

    folder: Path

    def write(self, values: dict[str, Any]) -> None:
        (self.folder / "params.yaml").write_text(yaml.safe_dump(values))

    def command(self, *arguments: str) -> list[str]:
        # As `make study` calls it: what a killed start left incomplete is made again.
        fixed = ["--cores", "2", "--nolock", "--ignore-incomplete"]
        return [sys.executable, "-m", "snakemake", *fixed, *arguments]

    def environment(self) -> dict[str, str]:
        scripts = str(Path(sys.executable).parent)
        return os.environ | {"PATH": f"{scripts}{os.pathsep}{os.environ['PATH']}"}

    def snakemake(self, *arguments: str) -> subprocess.CompletedProcess[str]:
        return subprocess.run(
            self.command(*arguments),
            cwd=self.folder,
            env=self.environment(),
            capture_output=True,
            text=True,
        )

    def start(self) -> subprocess.Popen[bytes]:
        """Snakemake as the head of a process group, so that it can be killed with its jobs."""
        return subprocess.Popen(
            self.command(),
            cwd=self.folder,
            env=self.environment(),
            stdout=subprocess.DEVNULL,
            stderr=subprocess.DEVNULL,
            start_new_session=True,
        )

    def table(self, name: str) -> pd.DataFrame:
        return pd.read_parquet(self.folder / "results" / f"{name}.parquet")

    def results(self) -> dict[str, bytes]:
        """The bytes of all models, and of the tables and figures that hold no measured time."""
        tables = [self.folder / f"results/{table}.parquet" for table in TABLES]
        return self.models() | self._bytes([*tables, *self.folder.glob("results/figures/*.svg")])

    def models(self) -> dict[str, bytes]:
        return self._bytes(self.folder.glob("runs/**/*.safetensors"))

    def _bytes(self, files: Iterable[Path]) -> dict[str, bytes]:
        return {str(file.relative_to(self.folder)): file.read_bytes() for file in files}


def new_project(folder: Path) -> Project:
    folder.mkdir(parents=True, exist_ok=True)
    shutil.copy(ROOT / "Snakefile", folder)
    shutil.copytree(ROOT / "workflow", folder / "workflow", dirs_exist_ok=True)
    shutil.copy(ROOT / "slurm", folder, follow_symlinks=False)
    project = Project(folder)
    project.write(small_values())
    return project


@pytest.fixture
def project(tmp_path: Path) -> Project:
    return new_project(tmp_path)


@pytest.fixture(scope="session")
def finished(tmp_path_factory: pytest.TempPathFactory, worker_id: str) -> Project:
    """The small study, run to its end without any disturbance. Tests work on copies of it.

    One of the processes that run tests side by side makes it for all.
    """
    folder = tmp_path_factory.getbasetemp()
    if worker_id != "master":
        folder = folder.parent
    project, mark = Project(folder / "finished"), folder / "finished.done"
    with FileLock(folder / "finished.lock"):
        if not mark.exists():
            shutil.rmtree(project.folder, ignore_errors=True)
            done = new_project(project.folder).snakemake()
            assert done.returncode == 0, done.stderr
            mark.touch()
    return project


@pytest.fixture
def copy(finished: Project, tmp_path: Path) -> Project:
    """A copy of the finished study, its modification times mixed up as by a checkout."""
    folder = tmp_path / "copy"
    shutil.copytree(finished.folder, folder)
    return Project(folder)
