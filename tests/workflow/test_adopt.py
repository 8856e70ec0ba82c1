"""`asymmetry adopt` after a pull or a checkout, with Snakemake asked what is left to do."""

import os
import random
import shutil
import subprocess
from pathlib import Path

import pytest

from tests.artifacts.conftest import flip
from tests.conftest import small_values
from tests.workflow.conftest import Project
from tests.workflow.test_study import cells_and_warm_starts, jobs, planned, trained

pytestmark = pytest.mark.slow
NOTHING = "Nothing to be done"


LINKS = [
    pytest.param("copy", marks=pytest.mark.long),
    pytest.param("hardlink", marks=pytest.mark.long),
    "symlink",  # what differs most from a file of one's own
]


@pytest.fixture(params=LINKS)
def pulled(request: pytest.FixtureRequest, finished: Project, tmp_path: Path) -> Project:
    """A fresh checkout with pulled runs and results: as files, or as links into a cache.

    Nothing that Snakemake or asymmetry remembers is there, and modification times are mixed up.
    """
    folder, cache = tmp_path / "pulled", tmp_path / "cache"
    forgotten = shutil.ignore_patterns(".snakemake", ".asymmetry", "lock", "*.log")
    shutil.copytree(finished.folder, folder, ignore=forgotten)
    moments = random.Random(0)
    files = [f for name in ("runs", "results") for f in (folder / name).rglob("*") if f.is_file()]
    for number, file in enumerate(files):
        if request.param != "copy":
            cached = cache / str(number)
            cached.parent.mkdir(exist_ok=True)
            file.rename(cached)
            cached.chmod(0o444)
            (file.hardlink_to if request.param == "hardlink" else file.symlink_to)(cached)
        os.utime(file, (moments.randint(1, 10**9),) * 2)
    return Project(folder)


def adopt(project: Project, *arguments: str) -> subprocess.CompletedProcess[str]:
    return project.asymmetry("adopt", *arguments)


def test_after_a_pull_there_is_nothing_to_do(pulled: Project, finished: Project):
    cache = pulled.folder.parent / "cache"
    before = {file: file.stat().st_mtime_ns for file in cache.glob("*")}
    done = adopt(pulled)
    assert done.returncode == 0, done.stderr
    assert "runs: 6 of 6 verified, 0 to train" in done.stdout
    assert "to make again: nothing" in done.stdout
    assert NOTHING in pulled.snakemake("-n", "all", "figures").stdout
    assert pulled.results() == finished.results()
    assert {file: file.stat().st_mtime_ns for file in cache.glob("*")} == before


@pytest.mark.parametrize("target", ["train", pytest.param("all", marks=pytest.mark.long)])
def test_a_flipped_bit_and_a_lost_run_cost_these_cells_and_nothing_else(
    copy: Project, finished: Project, target: str
):
    lost, run = planned(copy).runs[-2:]
    shutil.rmtree(copy.folder / lost.folder)
    flip(copy.folder / run.folder / "discriminator.safetensors")
    done = adopt(copy)
    assert done.returncode == 2
    assert done.stderr.splitlines() == [
        f"refused: {run.folder}/discriminator.safetensors: "
        "its sha256 is not the one that run.json records"
    ]
    said = copy.snakemake(target)
    assert said.returncode == 0
    assert trained(said.stderr) == {lost.id, run.id}
    shutil.rmtree(copy.folder / "runs/.refused")
    assert copy.models() == finished.models()
    if target == "all":
        assert copy.results() == finished.results()
    assert adopt(copy).returncode == 0


@pytest.mark.parametrize(
    ("name", "rules"),
    [
        ("figures/crops.png", {"draw": 1, "report": 1, "all": 1}),
        ("effect.parquet", {"analyse": 1, "draw": 1, "report": 1, "all": 1}),
        pytest.param("index.html", {"report": 1, "all": 1}, marks=pytest.mark.long),
    ],
)
@pytest.mark.parametrize(
    "remembered",
    [pytest.param(True, marks=pytest.mark.long), False],
    ids=["own checkout", "fresh checkout"],
)
def test_a_refused_result_is_made_again(
    copy: Project, remembered: bool, name: str, rules: dict[str, int]
):
    if not remembered:
        shutil.rmtree(copy.folder / ".snakemake")
        shutil.rmtree(copy.folder / ".asymmetry")
    flip(copy.folder / "results" / name)
    done = adopt(copy)
    assert done.returncode == 2
    assert done.stderr == (
        f"refused: results/{name}: its sha256 is not the one that manifest.json records\n"
    )
    assert jobs(copy.snakemake("-n").stdout) == rules


def test_a_pull_under_a_changed_study_is_no_silence(pulled: Project):
    values = small_values()
    values["training"]["learning_rate"] = 1e-5
    pulled.write(values)
    done = adopt(pulled)
    assert done.returncode == 0, done.stderr
    assert "runs: 1 of 6 verified, 5 to train" in done.stdout
    left = pulled.snakemake("-n").stdout
    assert cells_and_warm_starts(left) == (5, 0)
    assert jobs(left)["report"] == 1


def test_results_without_models_are_results(copy: Project):
    for model in (copy.folder / "runs").rglob("*.safetensors"):
        model.unlink()
    done = adopt(copy)
    assert done.returncode == 0, done.stderr
    assert "runs: 6 of 6 verified, 0 to train" in done.stdout
    assert "6 of them have no models; nothing needs any" in done.stdout
    assert NOTHING in copy.snakemake("-n", "all", "figures").stdout
    # A table that is not there needs the models of its runs, and those of their warm start.
    lost = sorted((copy.folder / "results/parts/transfer").iterdir())[0]
    lost.unlink()
    done = adopt(copy)
    assert done.returncode == 2
    needed = {line.removeprefix("refused: runs/") for line in done.stderr.splitlines()}
    assert {"/warm-start/" in line for line in needed} == {True, False}
    assert all(line.endswith("is missing, and run.json records it") for line in needed)
    asked = trained(copy.snakemake("-n").stdout)
    assert {line.rpartition("/")[0] for line in needed} == asked
