"""DVC's pointers, cache, remote or data are not as recorded: one line, nothing lost."""

import shutil
import subprocess
from pathlib import Path

import pytest

from tests.workflow.dvc_project import DvcProject, new_dvc_project

pytestmark = [pytest.mark.slow, pytest.mark.xdist_group("dvc faults")]  # one origin for all
SET = {"a.txt": "first", "b.txt": "second"}


@pytest.fixture(scope="module")
def origin(tmp_path_factory: pytest.TempPathFactory) -> DvcProject:
    """A repository with a data set of one's own, pushed."""
    project = new_dvc_project(tmp_path_factory.mktemp("origin") / "project")
    (project.folder / "data/own").mkdir()
    for name, content in SET.items():
        (project.folder / "data/own" / name).write_text(content)
    assert project.dvc("add", "data/own").returncode == 0
    project.commit()
    done = project.dvc("push")
    assert "3 files pushed" in done.stdout, done.stderr
    return project


@pytest.fixture
def clone(origin: DvcProject, tmp_path: Path) -> DvcProject:
    """A clone of it, whose remote may be damaged."""
    clone = origin.clone(tmp_path / "clone")
    shutil.copytree(origin.folder / ".dvc/storage", tmp_path / "storage")
    point_to(clone, str(tmp_path / "storage"))
    return clone


def point_to(project: DvcProject, url: str) -> None:
    assert project.dvc("remote", "modify", "--local", "storage", "url", url).returncode == 0


def refused(done: subprocess.CompletedProcess[str], *parts: str) -> None:
    """It failed, and its error, without a traceback, has these parts."""
    assert done.returncode != 0
    assert "Traceback" not in done.stderr
    error = done.stderr[done.stderr.index("ERROR: ") :]
    assert [part for part in parts if part not in error] == []


def content(project: DvcProject) -> dict[str, str]:
    return {path.name: path.read_text() for path in project.folder.glob("data/own/*")}


def test_a_pull_brings_the_set(clone: DvcProject):
    assert clone.dvc("pull", "data/own").returncode == 0
    assert content(clone) == SET


def test_a_missing_pointer(clone: DvcProject):
    assert clone.dvc("pull", "data/own").returncode == 0
    (clone.folder / "data/own.dvc").unlink()
    refused(clone.dvc("pull", "data/own.dvc"), "data/own.dvc' does not exist")
    assert content(clone) == SET


@pytest.mark.parametrize("url", ["/nowhere", "http://127.0.0.1:9/nothing"])
def test_a_missing_cache_and_no_remote(clone: DvcProject, url: str):
    point_to(clone, url)
    refused(clone.dvc("pull", "data/own"), "data/own", "Is your cache up to date?")


def test_a_corrupt_object_is_not_taken_and_a_push_from_a_good_copy_mends_it(
    clone: DvcProject, origin: DvcProject, tmp_path: Path
):
    damaged = next(
        path
        for path in (tmp_path / "storage").rglob("*")
        if path.is_file() and path.read_text() == SET["a.txt"]
    )
    damaged.chmod(0o644)
    damaged.write_text("fibst")
    refused(clone.dvc("pull", "data/own"), "data/own", "Is your cache up to date?")
    assert "fibst" not in content(clone).values()
    # As the README has it: DVC takes what a list names for present where the list is.
    damaged.unlink()
    next((tmp_path / "storage").rglob("*.dir")).unlink()
    point_to(origin, str(tmp_path / "storage"))
    assert "2 files pushed" in origin.dvc("push").stdout
    assert clone.dvc("pull", "data/own").returncode == 0
    assert content(clone) == SET


def test_a_set_that_was_edited_by_hand_is_told_and_kept(clone: DvcProject):
    assert clone.dvc("pull", "data/own").returncode == 0
    edited = clone.folder / "data/own/a.txt"
    edited.write_text("mine")
    assert "modified" in clone.dvc("status", "data/own.dvc").stdout
    for command in ("checkout", "pull"):
        refused(clone.dvc(command, "data/own.dvc"), str(edited), "--force")
        assert edited.read_text() == "mine"
    assert clone.dvc("checkout", "--force", "data/own.dvc").returncode == 0
    assert content(clone) == SET
