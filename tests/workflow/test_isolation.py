"""A job on a node: no network, and nothing that it may write to but the project's folder."""

import os
import subprocess

import pytest

from asymmetry.planning.plan import Plan
from asymmetry.study import read_study
from tests.workflow.conftest import Project

pytestmark = [
    pytest.mark.slow,
    pytest.mark.skipif(os.geteuid() != 0, reason="not root: the world cannot be closed"),
]

CLOSED = """
mount --bind "$PWD" "$PWD" && cd "$PWD"
mount --options remount,bind,ro /
! touch "$HOME/written" 2> /dev/null || exit 9
exec asymmetry train "$0"
"""


def test_a_training_needs_neither_network_nor_home(
    project: Project, monkeypatch: pytest.MonkeyPatch
):
    monkeypatch.chdir(project.folder)
    warm_start = Plan(read_study(project.folder / "params.yaml")).warm_starts[0]
    world = ["unshare", "--net", "--mount", "--propagation", "private"]
    done = subprocess.run(
        [*world, "bash", "-ec", CLOSED, warm_start.id],
        env=project.environment() | {"TMPDIR": "/nowhere"},
        capture_output=True,
        text=True,
    )
    assert done.returncode == 0, done.stderr
    assert warm_start.record.is_file()


def test_the_study_is_planned_where_the_home_folder_cannot_be_written(copy: Project):
    environment = copy.environment() | {"HOME": "/proc/none"}
    environment.pop("XDG_CACHE_HOME", None)
    done = subprocess.run(
        ["sh", "workflow/run.sh", "-n"],
        cwd=copy.folder, env=environment, capture_output=True, text=True,
    )  # fmt: skip
    assert done.returncode == 0, done.stderr
    assert "Nothing to be done" in done.stdout + done.stderr
    assert (copy.folder / ".asymmetry/cache").is_dir()
