"""Snakemake, run for real on the small study."""

import base64
import json
import os
import random
import re
import shutil
import signal
import time
from typing import Any

import pytest

from asymmetry.plan import Plan
from asymmetry.study import read_study
from tests.conftest import small_values
from tests.workflow.conftest import Project

pytestmark = pytest.mark.slow


def jobs(dry_run: str) -> dict[str, int]:
    """The number of jobs of each rule, in what `snakemake -n` prints."""
    table = dry_run.split("job ")[-1]
    found = re.findall(r"^(\w+) +(\d+)$", table, flags=re.MULTILINE)
    return {rule: int(count) for rule, count in found if rule != "total"}


def test_the_study_ends_with_its_page(finished: Project):
    results = finished.folder / "results"
    assert (results / "index.html").stat().st_size > 5000
    assert {file.stem for file in (results / "figures").glob("*.png")} == {
        "asymmetry",
        "optimisability",
        "perception_distortion",
        "heat_map",
        "weight_curves",
        "transfer",
        "crops",
    }
    runs, scores = finished.table("runs"), finished.table("scores")
    assert (runs["status"] == "done").all()
    assert len(runs) == 7  # bicubic, a warm start, five cells
    assert set(scores["run"]) == set(runs["run"])
    assert set(scores["status"]) == {"ok"}
    assert len(finished.table("transfer").query("initialisation == 'discriminator'")) > 0


def test_nothing_is_left_to_do(copy: Project):
    again = copy.snakemake()
    assert again.returncode == 0
    assert "Nothing to be done" in again.stderr + again.stdout


def test_a_copy_has_nothing_to_train_whatever_its_times(copy: Project):
    moments = random.Random(0)
    for file in copy.folder.rglob("*"):
        if file.is_file() and "runs" in file.parts:
            os.utime(file, (moments.randint(1, 10**9),) * 2)
    shutil.rmtree(copy.folder / ".snakemake")
    rules = jobs(copy.snakemake("-n").stdout)
    assert not {"train_cell", "warm_start", "assess_part", "transfer_part"} & set(rules)


def test_one_more_weight_trains_the_new_cells_only(copy: Project):
    values = small_values()
    values["grid"]["adversarial_weights"].append(0.5)
    copy.write(values)
    rules = jobs(copy.snakemake("-n").stdout)
    assert rules["train_cell"] == 2  # one for each discriminator
    assert "warm_start" not in rules


def test_a_changed_learning_rate_trains_every_cell_again(copy: Project):
    values = small_values()
    values["training"]["learning_rate"] = 1e-5
    copy.write(values)
    rules = jobs(copy.snakemake("-n").stdout)
    assert rules["train_cell"] == 5
    assert "warm_start" not in rules


def test_execution_settings_rerun_nothing(copy: Project):
    values = small_values()
    values["execution"] |= {"log_every": 7, "checkpoint_seconds": 5, "minutes": 30}
    copy.write(values)
    assert "Nothing to be done" in copy.snakemake("-n").stdout


def test_a_lost_run_is_made_again_to_the_same_bytes(copy: Project, finished: Project):
    lost = next((copy.folder / "runs").glob("*/*/l1/vgg-patch/0.1/*"))
    shutil.rmtree(lost)
    rules = jobs(copy.snakemake("-n").stdout)
    assert rules["train_cell"] == 1
    assert copy.snakemake().returncode == 0
    assert copy.results() == finished.results()


def test_killed_anywhere_it_ends_with_the_same_bytes(project: Project, finished: Project):
    """With its jobs, and the head alone, whose jobs then go on beside those of the next start."""
    moments = random.Random(0)
    for kill in 4 * [os.killpg, os.kill]:
        process = project.start()
        time.sleep(moments.uniform(3, 14))
        if process.poll() is None:
            kill(process.pid, signal.SIGKILL)
        process.wait()
    last = project.snakemake()
    assert last.returncode == 0, last.stderr
    assert project.results() == finished.results()


def test_a_whole_part_that_a_kill_left_marked_does_not_hide_what_is_missing(copy: Project):
    part = next((copy.folder / "results/parts/scores").glob("*.parquet"))
    name = str(part.relative_to(copy.folder)).encode()
    marked = copy.folder / ".snakemake/incomplete" / base64.urlsafe_b64encode(name).decode()
    marked.parent.mkdir(parents=True, exist_ok=True)
    marked.touch()
    (copy.folder / "results/index.html").unlink()
    rules = jobs(copy.snakemake("-n").stdout)
    assert rules["report"] == 1
    assert "assess_part" not in rules


def test_a_crashed_cell_is_not_green_and_the_others_finish(project: Project):
    plan = planned(project)
    run = plan.runs[-1]
    bad = project.folder / run.folder / "checkpoint.bin"
    bad.parent.mkdir(parents=True)
    bad.write_bytes(b"asymmetry checkpoint 1\nhalf")
    done = project.snakemake("--keep-going", "train")
    assert done.returncode != 0
    log = (project.folder / run.folder / "train.log").read_text()
    assert "is truncated or damaged" in log
    assert "Traceback" not in log
    others = [one for one in plan.runs if one != run]
    assert all((project.folder / one.record).is_file() for one in others)
    assert not (project.folder / run.record).exists()

    bad.unlink()
    assert project.snakemake("train").returncode == 0


def test_a_diverged_cell_stays_in_every_table(project: Project):
    values = small_values()
    values["grid"] |= {"discriminators": ["vgg-patch"], "adversarial_weights": [0, 1e39]}
    project.write(values)
    done = project.snakemake()
    assert done.returncode == 0, done.stderr
    runs = project.table("runs").set_index("adversarial_weight")
    assert runs.loc[1e39, "status"] == "diverged"
    for name in ("scores", "transfer"):
        table = project.table(name).set_index("run")
        assert set(table.loc[[runs.loc[1e39, "run"]], "status"]) == {"diverged"}
    assert "diverged" in (project.folder / "results/index.html").read_text()


@pytest.mark.parametrize(
    "target", ["train", "assess", "skill", "optimise", "transfer", "figures", "all"]
)
def test_each_stage_has_a_name(copy: Project, target: str):
    assert "Nothing to be done" in copy.snakemake("-n", target).stdout


def test_three_hundred_cells_are_planned(project: Project):
    values: dict[str, Any] = small_values()
    values["grid"] |= {
        "fidelity": ["l1", "mse", "charbonnier", "gmsd", "fsim", "ssim"],
        "adversarial_weights": [0, 0.001, 0.003, 0.01, 0.03, 0.1, 0.3],
        "seeds": [0, 1, 2, 3],
    }
    project.write(values)
    rules = jobs(project.snakemake("-n").stdout)
    assert rules["train_cell"] == 6 * (1 + 6 * 2) * 4
    assert rules["warm_start"] == 4


def test_what_people_said_is_joined_and_nothing_is_assessed_again(copy: Project):
    scores = copy.table("scores")
    cell = scores[scores["run"].isin(copy.table("runs").query("kind == 'cell'")["run"])]
    people = cell.drop_duplicates(["run", "image"]).assign(metric="human", convention="log-odds")
    (copy.folder / "data/userstudy").mkdir(parents=True)
    people.to_parquet(copy.folder / "data/userstudy/human.parquet", index=False)
    rules = jobs(copy.snakemake("-n").stdout)
    assert {"scores", "analyse", "report"} <= set(rules)
    assert not {"train_cell", "assess_part", "transfer_part", "skill_part"} & set(rules)
    assert copy.snakemake().returncode == 0
    joined = copy.table("scores")
    assert len(joined) == len(scores) + len(people)
    assert "Nothing to be done" in copy.snakemake("-n").stdout


def test_a_mistake_in_the_params_is_a_line(project: Project):
    values = small_values()
    values["grid"]["fidelity"] = ["lpipss-alex"]
    project.write(values)
    done = project.snakemake("-n")
    assert done.returncode != 0
    said = done.stdout + done.stderr
    assert "did you mean 'lpips-alex'?" in said
    assert "Traceback" not in said


def test_each_figure_names_what_is_behind_it(finished: Project):
    behind = json.loads((finished.folder / "results/figures/heat_map.json").read_text())
    runs = finished.table("runs").query("kind == 'cell'")
    assert set(behind["cells"]) <= set(runs["run"])
    assert behind["cells"]
    assert re.fullmatch(r"[0-9a-f]{64}", next(iter(behind["tables"].values())))


def planned(project: Project) -> Plan:
    return Plan(read_study(project.folder / "params.yaml"))
