"""`make study` as a newcomer types it, on the small study and in the environment that is here."""

import os
import shutil
import signal
import subprocess
import sys
import time
from pathlib import Path

import pytest

from tests.conftest import ROOT, small_values
from tests.workflow.conftest import Project

pytestmark = pytest.mark.slow
VENV = Path(sys.prefix)


def with_make(project: Project) -> Project:
    """The project with the Makefile and, as its own, the environment that `make` made."""
    if not (VENV / "study").is_file():
        pytest.skip("this environment was not made by the Makefile: run `make test`")
    for name in ("Makefile", "pyproject.toml", "constraints.txt"):
        shutil.copy2(ROOT / name, project.folder)
    (project.folder / ".venv").symlink_to(VENV)
    return project


@pytest.fixture
def made(project: Project) -> Project:
    return with_make(project)


# The tests may run under `make test`, whose own flags must not reach the newcomer's make.
ENVIRONMENT = {name: value for name, value in os.environ.items() if "MAKE" not in name}


def make(project: Project, target: str) -> subprocess.CompletedProcess[str]:
    return subprocess.run(
        ["make", target], cwd=project.folder, env=ENVIRONMENT, capture_output=True, text=True
    )


def test_make_study_prints_where_the_page_is_and_then_has_nothing_to_do(copy: Project):
    made = with_make(copy)
    made.lose("results/effect.parquet", "results/index.html", ".snakemake")
    assert_studied(made)


@pytest.mark.long
def test_make_study_from_nothing(made: Project):
    values = small_values()
    values["grid"] |= {"discriminators": ["vgg-patch"], "adversarial_weights": [0.1]}
    made.write(values)
    assert_studied(made)


def assert_studied(made: Project) -> None:
    """`make study` ends with the page, and then has nothing to do."""
    first = make(made, "study")
    assert first.returncode == 0, first.stderr
    assert first.stdout.splitlines()[-1] == "the page: results/index.html"
    assert (made.folder / "results/index.html").is_file()
    again = make(made, "study")
    assert again.returncode == 0
    assert "Nothing to be done" in again.stdout + again.stderr


def test_two_studies_in_one_folder_do_not_mix(made: Project):
    first = subprocess.Popen(
        ["make", "study"],
        cwd=made.folder,
        env=ENVIRONMENT,
        stdout=subprocess.DEVNULL,
        stderr=subprocess.DEVNULL,
        start_new_session=True,
    )
    while not list(made.folder.glob("runs/*/*/warm-start/*/train.log")):
        assert first.poll() is None
        time.sleep(0.05)
    os.killpg(first.pid, signal.SIGSTOP)  # it holds the folder for as long as the second needs
    second = make(made, "study")
    os.killpg(first.pid, signal.SIGKILL)
    first.wait()
    assert second.returncode != 0
    assert "another study is running here" in second.stdout


def test_a_mistake_in_the_params_stops_make_with_its_line(made: Project):
    text = (made.folder / "params.yaml").read_text().replace("compact-tiny", "compact-tyni")
    (made.folder / "params.yaml").write_text(text)
    done = make(made, "study")
    assert done.returncode == 2
    assert "did you mean 'compact-tiny'?" in done.stderr
    assert "Traceback" not in done.stderr
