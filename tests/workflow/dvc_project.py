"""A clone of the repository in a folder of its own, with a small study, for `dvc` to run."""

import os
import random
import shutil
import signal
import subprocess
import sys
import time
from pathlib import Path
from typing import Any

import yaml

from asymmetry.study import parse_study
from tests.conftest import ROOT, small_values
from tests.workflow.conftest import Project

_WORKFLOW = ("Snakefile", "dvc.yaml", ".dvcignore", ".gitignore")


def dvc_values() -> dict[str, Any]:
    """A warm start and four cells, two of each loss."""
    values = small_values()
    values["grid"] |= {
        "fidelity": ["l1", "mse"],
        "discriminators": ["vgg-patch"],
        "adversarial_weights": [0, 0.1],
    }
    return values


class DvcProject(Project):
    """A clone with the package in it, so that a test may edit the code that it runs."""

    def write(self, values: dict[str, Any]) -> None:
        """Write the whole study: DVC wants every section that it follows."""
        super().write(parse_study(values, "params.yaml").model_dump(mode="json"))

    def environment(self) -> dict[str, str]:
        own = {"PYTHONPATH": str(self.folder / "src")}
        # DVC remembers files of a repository outside of it; each clone of a test is a new one.
        return super().environment() | own | {"DVC_SITE_CACHE_DIR": str(self.folder / ".dvc/tmp")}

    def call(self, *command: str) -> subprocess.CompletedProcess[str]:
        return subprocess.run(
            command, cwd=self.folder, env=self.environment(), capture_output=True, text=True
        )

    def dvc(self, *arguments: str) -> subprocess.CompletedProcess[str]:
        return self.call(sys.executable, "-m", "dvc", *arguments)

    def front_door(self) -> list[str]:
        return [sys.executable, "-m", "dvc", "repro"]

    def repro(self, *stages: str) -> str:
        """What `dvc repro`, and Snakemake below it, say; it must succeed."""
        done = self.dvc("repro", *stages)
        said = done.stdout + done.stderr
        assert done.returncode == 0, said[-3000:]
        return said

    def adopt(self) -> subprocess.CompletedProcess[str]:
        return self.call(sys.executable, "-m", "asymmetry", "adopt")

    def commit(self) -> None:
        assert self.call("git", "add", "--all").returncode == 0
        author = ("-c", "user.name=a", "-c", "user.email=a@b")
        assert self.call("git", *author, "commit", "--quiet", "-m", "a study").returncode == 0

    def clone(self, folder: Path) -> "DvcProject":
        """A clone elsewhere, its remote the storage here."""
        subprocess.run(["git", "clone", "--quiet", self.folder, folder], check=True)
        clone = DvcProject(folder)
        storage = str(self.folder / ".dvc/storage")
        assert clone.dvc("remote", "modify", "--local", "storage", "url", storage).returncode == 0
        return clone

    def edit(self, file: str, before: str, after: str) -> None:
        path = self.folder / file
        text = path.read_text()
        assert before in text
        path.write_text(text.replace(before, after))

    def trained(self) -> set[str]:
        """The folders of finished runs."""
        records = self.folder.glob("runs/**/run.json")
        return {str(path.parent.relative_to(self.folder)) for path in records}

    def lock(self) -> dict[str, Any]:
        return yaml.safe_load((self.folder / "dvc.lock").read_text())

    def kill_repro(self, times: int, longest: float) -> None:
        """Start `dvc repro` again and again, and kill it and its jobs after a random moment."""
        moments = random.Random(0)
        for _ in range(times):
            process = self.start()
            time.sleep(moments.uniform(1, longest))
            if process.poll() is None:
                os.killpg(process.pid, signal.SIGKILL)
            process.wait()


def new_dvc_project(folder: Path) -> DvcProject:
    """A repository with one commit: the workflow, the package and the small study."""
    (folder / ".dvc").mkdir(parents=True)
    for name in ("data", "parts"):
        (folder / name).mkdir()
    for name in (*_WORKFLOW, ".dvc/config", ".dvc/.gitignore", "data/README.md", "parts/README.md"):
        shutil.copy(ROOT / name, folder / name)
    shutil.copytree(ROOT / "workflow", folder / "workflow")
    shutil.copytree(
        ROOT / "src/asymmetry", folder / "src/asymmetry", ignore=shutil.ignore_patterns("__pyc*")
    )
    shutil.copy(ROOT / "slurm", folder, follow_symlinks=False)
    project = DvcProject(folder)
    project.write(dvc_values())
    assert project.call("git", "init", "--quiet").returncode == 0
    project.commit()
    return project
