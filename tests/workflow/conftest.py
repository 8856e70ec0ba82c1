import os
import shutil
import signal
import subprocess
import sys
import time
from collections.abc import Callable, Iterable
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

    def asymmetry(self, *arguments: str) -> subprocess.CompletedProcess[str]:
        return subprocess.run(
            [sys.executable, "-m", "asymmetry", *arguments],
            cwd=self.folder,
            env=self.environment(),
            capture_output=True,
            text=True,
        )

    def front_door(self) -> list[str]:
        """The command that runs the whole study."""
        return self.command()

    def start(self) -> subprocess.Popen[bytes]:
        """The study as the head of a process group, so that it can be killed with its jobs."""
        return subprocess.Popen(
            self.front_door(),
            cwd=self.folder,
            env=self.environment(),
            stdout=subprocess.DEVNULL,
            stderr=subprocess.DEVNULL,
            start_new_session=True,
        )

    def kill_when(self, happened: Callable[[], object], with_its_jobs: bool) -> None:
        """Start the study, and kill it, with its jobs or the head alone, once that has happened."""
        process = self.start()
        while not happened():
            assert process.poll() is None, "it ended before it could be killed"
            time.sleep(0.02)
        (os.killpg if with_its_jobs else os.kill)(process.pid, signal.SIGKILL)
        process.wait()

    def tells(self, log: str, words: str) -> bool:
        """Whether one of the logs that match has these words."""
        return any(words in path.read_text() for path in self.folder.glob(log))

    def lose(self, *patterns: str) -> list[Path]:
        """Delete the files and folders that match, as if they had never been made."""
        lost = [path for pattern in patterns for path in self.folder.glob(pattern)]
        assert lost, patterns
        for path in lost:
            shutil.rmtree(path) if path.is_dir() else path.unlink()
        return lost

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


MakeOnce = Callable[[str, Callable[[Path], None]], Path]


@pytest.fixture(scope="session")
def make_once(tmp_path_factory: pytest.TempPathFactory, worker_id: str) -> MakeOnce:
    """Makes a folder, unless another of the processes that run tests side by side has made it."""
    base = tmp_path_factory.getbasetemp()
    if worker_id != "master":
        base = base.parent

    def made_once(name: str, make: Callable[[Path], None]) -> Path:
        folder, mark = base / name, base / f"{name}.done"
        with FileLock(base / f"{name}.lock"):
            if not mark.exists():
                shutil.rmtree(folder, ignore_errors=True)
                make(folder)
                mark.touch()
        return folder

    return made_once


@pytest.fixture(scope="session")
def finished(make_once: MakeOnce) -> Project:
    """The small study, run to its end without any disturbance. Tests work on copies of it."""

    def make(folder: Path) -> None:
        done = new_project(folder).snakemake()
        assert done.returncode == 0, done.stderr

    return Project(make_once("finished", make))


@pytest.fixture
def copy(finished: Project, tmp_path: Path) -> Project:
    """A copy of the finished study, its modification times mixed up as by a checkout."""
    folder = tmp_path / "copy"
    shutil.copytree(finished.folder, folder)
    return Project(folder)
