"""`dvc repro` as the other front door, run for real on a small study."""

import re
import shutil
from pathlib import Path

import pytest

from tests.artifacts.conftest import flip
from tests.workflow.conftest import MakeOnce
from tests.workflow.dvc_project import DvcProject, dvc_values, new_dvc_project
from tests.workflow.test_adopt import LINKS
from tests.workflow.test_study import jobs, trained

pytestmark = pytest.mark.slow
CLEAN = "Data and pipelines are up to date."
NOT_ALLOWED = {"assess_part", "skill_part", "transfer_part", "optimisability_part"}


@pytest.fixture(scope="session")
def reproduced(make_once: MakeOnce) -> DvcProject:
    """A fresh clone after `dvc repro`, its lock committed and its bytes pushed."""

    def make(folder: Path) -> None:
        origin, project = new_dvc_project(folder / "origin"), DvcProject(folder / "project")
        assert origin.call("git", "clone", "--quiet", ".", str(project.folder)).returncode == 0
        project.repro()
        project.commit()
        done = project.dvc("push")
        assert done.returncode == 0, done.stderr

    return DvcProject(make_once("reproduced", make) / "project")


@pytest.fixture
def here(reproduced: DvcProject, tmp_path: Path) -> DvcProject:
    """A copy of that clone with all that DVC and Snakemake remember."""
    folder = tmp_path / "here"
    shutil.copytree(reproduced.folder, folder, symlinks=True)
    return DvcProject(folder)


@pytest.fixture
def clone(reproduced: DvcProject, tmp_path: Path) -> DvcProject:
    """A fresh clone elsewhere, nothing pulled."""
    return reproduced.clone(tmp_path / "clone")


def ran(said: str) -> list[str]:
    """The stages that `dvc repro` ran."""
    return [line.split("'")[1] for line in said.splitlines() if line.startswith("Running stage")]


def cells_trained(said: str) -> int:
    """How many cells Snakemake trained below `dvc repro`, alone or in a pack."""
    jobs = re.findall(r": training (?:(\d+) runs together|\S+/seed)", said)
    return sum(int(count or 1) for count in jobs)


def test_a_fresh_clone_is_reproduced_and_then_there_is_nothing_to_do(here: DvcProject):
    assert (here.folder / "results/index.html").stat().st_size > 5000
    assert len(here.trained()) == 5
    said = here.repro()
    assert ran(said) == []
    assert CLEAN in said
    assert here.dvc("status").stdout.strip() == CLEAN
    assert here.call("git", "status", "--short").stdout == ""
    assert "Nothing to be done" in here.snakemake("-n").stdout
    shown = here.dvc("metrics", "show").stdout
    assert "cells.done" in shown
    assert "skill.mse" in shown
    drawn = here.dvc("plots", "show")
    assert drawn.returncode == 0, drawn.stderr
    assert "effect_over_skill" in (here.folder / "dvc_plots/index.html").read_text()
    shutil.rmtree(here.folder / "dvc_plots")


@pytest.mark.parametrize(
    "stage", ["grid", pytest.param("figures", marks=pytest.mark.long, id="to the page")]
)
def test_one_more_weight_trains_the_new_cells_only(here: DvcProject, stage: str):
    before, models = here.trained(), here.models()
    values = dvc_values()
    values["grid"]["adversarial_weights"].append(0.5)
    here.write(values)
    said = here.repro(stage)
    all_of_them = ["data", "grid", "assess", "optimisability", "transfer", "figures"]
    assert ran(said) == all_of_them[: all_of_them.index(stage) + 1]
    new = here.trained() - before
    assert {Path(run).parts[-2] for run in new} == {"0.5"}
    assert len(new) == cells_trained(said) == 2
    assert models.items() <= here.models().items()
    assert "adversarial_weights" in here.dvc("params", "diff").stdout
    if stage == "grid":
        return
    (change,) = [
        line for line in here.dvc("metrics", "diff").stdout.splitlines() if "cells.done" in line
    ]
    assert change.split()[-3:] == ["4", "6", "2"]


def test_a_comment_reruns_no_training_and_a_figures_colour_draws_the_figures(here: DvcProject):
    with (here.folder / "src/asymmetry/training/loop.py").open("a") as file:
        file.write("\n# a comment\n")
    assert ran(here.repro()) == ["data"]
    assert here.dvc("status").stdout.strip() == CLEAN

    before = here.results()
    here.edit("src/asymmetry/figures/heat_map.py", "style.DIVERGING)", '"PuOr")')
    said = here.repro()
    assert ran(said) == ["data", "figures"]
    assert said.count(": drawing ") == 1
    assert ": testing " not in said
    changed = {name for name, content in here.results().items() if content != before[name]}
    assert changed <= {"results/figures/heat_map.svg"}


def test_a_changed_loss_trains_the_cells_that_use_it(here: DvcProject):
    before, models = here.trained(), here.models()
    here.edit("src/asymmetry/fidelity/mse.py", ".square()", ".square().mul(2)")
    assert ran(here.repro("grid")) == ["data", "grid"]
    new = here.trained() - before
    assert len(new) == 2
    assert all("/mse/" in run for run in new)
    assert models.items() <= here.models().items()


def test_a_changed_learning_rate_after_a_pull_really_trains(clone: DvcProject):
    assert clone.dvc("pull").returncode == 0
    before, models, lock = clone.trained(), clone.models(), clone.lock()
    values = dvc_values()
    values["training"]["learning_rate"] = 0.002
    clone.write(values)
    said = clone.repro("grid")
    assert len(clone.trained() - before) == cells_trained(said) == 4
    new = {name: content for name, content in clone.models().items() if name not in models}
    assert not set(new.values()) & set(models.values())
    assert models.items() <= clone.models().items()
    after = clone.lock()["stages"]["grid"]
    assert after["params"]["params.yaml"]["training"]["learning_rate"] == 0.002
    assert after["outs"][0]["md5"] != lock["stages"]["grid"]["outs"][0]["md5"]


@pytest.mark.parametrize("link", LINKS)
def test_after_push_clone_pull_and_adopt_there_is_nothing_to_do(
    clone: DvcProject, reproduced: DvcProject, link: str
):
    assert clone.dvc("config", "--local", "cache.type", link).returncode == 0
    done = clone.dvc("pull")
    assert done.returncode == 0, done.stderr
    model = next(clone.folder.glob("runs/**/generator.safetensors"))
    assert (model.is_symlink(), model.stat().st_nlink > 1) == (
        link == "symlink",
        link == "hardlink",
    )
    done = clone.adopt()
    assert done.returncode == 0, done.stderr
    assert "runs: 5 of 5 verified, 0 to train" in done.stdout
    left = clone.snakemake("-n").stdout
    assert not trained(left)
    assert not NOT_ALLOWED & set(jobs(left))
    assert clone.results() == reproduced.results()
    assert clone.dvc("status").stdout.strip() == CLEAN


def test_a_flipped_byte_is_refused_and_costs_that_cell_only(
    here: DvcProject, reproduced: DvcProject
):
    model = next(here.folder.glob("runs/*/*/mse/vgg-patch/0.1/*/discriminator.safetensors"))
    lock = here.lock()
    flip(model)
    refused = here.dvc("repro", "grid")
    assert refused.returncode != 0
    (line,) = [one for one in refused.stderr.splitlines() if one.startswith("refused: ")]
    assert str(model.relative_to(here.folder)) in line
    assert here.lock() == lock
    assert cells_trained(here.repro("grid")) == 1
    shutil.rmtree(here.folder / "runs/.refused")
    assert here.models() == reproduced.models()


@pytest.mark.parametrize("stage", ["grid", pytest.param("figures", marks=pytest.mark.long)])
def test_a_lock_file_that_was_cut_short_is_written_anew(here: DvcProject, stage: str):
    lock, file = here.lock(), here.folder / "dvc.lock"
    file.write_text("")
    refused = here.dvc("repro")
    assert refused.returncode != 0
    assert "dvc.lock" in refused.stderr
    file.unlink()  # as the README has it
    assert cells_trained(here.repro(stage)) == 0
    again = here.lock()["stages"]
    assert {name: lock["stages"][name] for name in again} == again
    assert stage in again


@pytest.mark.parametrize("figures", [False, pytest.param(True, marks=pytest.mark.long)])
def test_killed_in_a_stage_it_ends_with_the_same_bytes(
    here: DvcProject, reproduced: DvcProject, figures: bool
):
    """In the trainings, and in the figures too, with all jobs; DVC and Snakemake remember both."""
    here.lose("runs/*/*/mse/vgg-patch/0.1")
    (run,) = (run for run in reproduced.trained() if "/mse/vgg-patch/0.1/" in run)
    here.kill_when(lambda: here.tells(f"{run}/train.log", " step 2/"), with_its_jobs=True)
    if not figures:
        here.repro("grid")
        assert here.models() == reproduced.models()
        assert here.dvc("status", "grid").stdout.strip() == CLEAN
        return
    here.lose("results/figures", "results/index.html")
    here.kill_when(lambda: any(here.folder.glob("results/figures/*.svg")), with_its_jobs=True)
    assert_ends_like(here, reproduced)


@pytest.mark.long
def test_killed_ten_times_it_ends_with_the_same_bytes(tmp_path: Path, reproduced: DvcProject):
    project = new_dvc_project(tmp_path / "project")
    project.kill_repro(times=10, longest=6)
    assert_ends_like(project, reproduced)


def assert_ends_like(project: DvcProject, reproduced: DvcProject) -> None:
    """`dvc repro` again, and the bytes are those of an undisturbed one."""
    if project.dvc("status").returncode != 0:  # killed while it wrote its lock file
        (project.folder / "dvc.lock").unlink()
    project.repro()
    assert project.results() == reproduced.results()
    assert project.dvc("status").stdout.strip() == CLEAN
