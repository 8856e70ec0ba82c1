"""`dvc repro` as the other front door, run for real on a small study."""

import shutil
from pathlib import Path

import pytest

from tests.custody.conftest import flip
from tests.workflow.dvc_project import DvcProject, dvc_values, new_dvc_project
from tests.workflow.test_study import jobs

pytestmark = pytest.mark.slow
CLEAN = "Data and pipelines are up to date."
NOT_ALLOWED = {"train_cell", "warm_start", "assess_part", "skill_part", "transfer_part"}
NOT_ALLOWED |= {"optimise_part"}


@pytest.fixture(scope="module")
def reproduced(tmp_path_factory: pytest.TempPathFactory) -> DvcProject:
    """A fresh clone after `dvc repro`, its lock committed and its bytes pushed."""
    origin = new_dvc_project(tmp_path_factory.mktemp("origin") / "project")
    project = DvcProject(tmp_path_factory.mktemp("reproduced") / "project")
    assert origin.call("git", "clone", "--quiet", ".", str(project.folder)).returncode == 0
    project.repro()
    project.commit()
    done = project.dvc("push")
    assert done.returncode == 0, done.stderr
    return project


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


def test_a_fresh_clone_is_reproduced_and_then_there_is_nothing_to_do(reproduced: DvcProject):
    assert (reproduced.folder / "results/index.html").stat().st_size > 5000
    assert len(reproduced.trained()) == 5
    said = reproduced.repro()
    assert ran(said) == []
    assert CLEAN in said
    assert reproduced.dvc("status").stdout.strip() == CLEAN
    assert reproduced.call("git", "status", "--short").stdout == ""
    assert "Nothing to be done" in reproduced.snakemake("-n").stdout
    shown = reproduced.dvc("metrics", "show").stdout
    assert "cells.done" in shown
    assert "skill.mse" in shown
    drawn = reproduced.dvc("plots", "show")
    assert drawn.returncode == 0, drawn.stderr
    assert "effect_over_skill" in (reproduced.folder / "dvc_plots/index.html").read_text()
    shutil.rmtree(reproduced.folder / "dvc_plots")


def test_one_more_weight_trains_the_new_cells_only(here: DvcProject):
    before, models = here.trained(), here.models()
    values = dvc_values()
    values["grid"]["adversarial_weights"].append(0.5)
    here.write(values)
    said = here.repro()
    assert ran(said) == ["data", "grid", "assess", "optimise", "transfer", "figures"]
    new = here.trained() - before
    assert {Path(run).parts[-2] for run in new} == {"0.5"}
    assert len(new) == said.count(": training ") == 2
    assert models.items() <= here.models().items()
    assert "adversarial_weights" in here.dvc("params", "diff").stdout
    (change,) = [
        line for line in here.dvc("metrics", "diff").stdout.splitlines() if "cells.done" in line
    ]
    assert change.split()[-3:] == ["4", "6", "2"]


def test_a_comment_in_a_training_module_reruns_no_training(here: DvcProject):
    with (here.folder / "src/asymmetry/training/loop.py").open("a") as file:
        file.write("\n# a comment\n")
    assert ran(here.repro()) == ["data"]
    assert here.dvc("status").stdout.strip() == CLEAN


def test_a_figures_colour_draws_that_figure_only(here: DvcProject):
    before = here.results()
    here.edit("src/asymmetry/figures/heat_map.py", '"white" if', '"ivory" if')
    said = here.repro()
    assert ran(said) == ["data", "figures"]
    assert said.count(": drawing ") == said.count(": drawing heat_map") == 1
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
    assert said.count(": training ") == 4
    assert len(clone.trained() - before) == 4
    new = {name: content for name, content in clone.models().items() if name not in models}
    assert not set(new.values()) & set(models.values())
    assert models.items() <= clone.models().items()
    after = clone.lock()["stages"]["grid"]
    assert after["params"]["params.yaml"]["training"]["learning_rate"] == 0.002
    assert after["outs"][0]["md5"] != lock["stages"]["grid"]["outs"][0]["md5"]


@pytest.mark.parametrize("link", ["copy", "hardlink", "symlink"])
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
    assert not NOT_ALLOWED & set(jobs(clone.snakemake("-n").stdout))
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
    said = here.repro("grid")
    assert said.count(": training ") == 1
    shutil.rmtree(here.folder / "runs/.refused")
    assert here.models() == reproduced.models()


def test_a_lock_file_that_was_cut_short_is_written_anew(here: DvcProject):
    lock, file = here.lock(), here.folder / "dvc.lock"
    file.write_text("")
    refused = here.dvc("repro")
    assert refused.returncode != 0
    assert "dvc.lock" in refused.stderr
    file.unlink()  # as the README has it
    assert ": training " not in here.repro()
    assert here.lock() == lock


def test_killed_ten_times_it_ends_with_the_same_bytes(tmp_path: Path, reproduced: DvcProject):
    project = new_dvc_project(tmp_path / "project")
    project.kill_repro(times=10, longest=6)
    if project.dvc("status").returncode != 0:  # killed while it wrote its lock file
        (project.folder / "dvc.lock").unlink()
    project.repro()
    assert project.results() == reproduced.results()
    assert project.dvc("status").stdout.strip() == CLEAN
