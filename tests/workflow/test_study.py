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

from asymmetry.figures.registry import drawn_figures
from asymmetry.planning.plan import Plan
from asymmetry.study import read_study
from tests.conftest import small_values
from tests.workflow.conftest import Project

pytestmark = pytest.mark.slow


def jobs(dry_run: str) -> dict[str, int]:
    """The number of jobs of each rule, in what `snakemake -n` prints."""
    table = dry_run.split("job ")[-1]
    found = re.findall(r"^(\w+) +(\d+)$", table, flags=re.MULTILINE)
    return {rule: int(count) for rule, count in found if rule != "total"}


def trained(said: str) -> set[str]:
    """The ids of the runs that Snakemake trains, or would, alone or in a pack."""
    missing = re.findall(r"Missing output files: ([^;\n]*)", said)
    return {run for files in missing for run in re.findall(r"runs/(\S+)/run\.json", files)}


def cells_and_warm_starts(said: str) -> tuple[int, int]:
    """How many of each Snakemake trains, or would."""
    warm_starts = sum("/warm-start/" in run for run in trained(said))
    return len(trained(said)) - warm_starts, warm_starts


def test_the_study_ends_with_its_page(finished: Project):
    results = finished.folder / "results"
    assert (results / "index.html").stat().st_size > 5000
    drawn = {file.stem for file in (results / "figures").glob("*.png")}
    assert drawn == set(drawn_figures(results))
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
    said = copy.snakemake("-n").stdout
    assert not trained(said)
    assert not {"assess_part", "transfer_part"} & set(jobs(said))


def test_one_more_weight_trains_the_new_cells_only(copy: Project):
    values = small_values()
    values["grid"]["adversarial_weights"].append(0.5)
    copy.write(values)
    # One for each discriminator.
    assert cells_and_warm_starts(copy.snakemake("-n").stdout) == (2, 0)


def test_a_changed_learning_rate_trains_every_cell_again(copy: Project):
    values = small_values()
    values["training"]["learning_rate"] = 1e-5
    copy.write(values)
    assert cells_and_warm_starts(copy.snakemake("-n").stdout) == (5, 0)


def test_execution_settings_rerun_nothing(copy: Project):
    values = small_values()
    values["execution"] |= {"log_every": 7, "checkpoint_seconds": 5, "minutes": 30}
    copy.write(values)
    assert "Nothing to be done" in copy.snakemake("-n").stdout


def test_killed_in_each_kind_of_stage_it_ends_with_the_same_bytes(copy: Project, finished: Project):
    """With its jobs, and the head alone, whose jobs then go on beside those of the next start."""
    values = small_values()
    values["execution"] |= {"checkpoint_seconds": 0.01}
    copy.write(values)
    copy.lose("runs/*/*/l1/*/0.1")
    copy.lose("runs/**/scores-*.parquet", "runs/**/transfer-*.json")
    # What is measured of losses alone is made in no stage that is killed here.
    copy.lose("results/[!p]*", "results/p*.csv", "results/parts/scores", "results/parts/transfer")
    copy.lose(".snakemake", ".asymmetry")
    training, found = "runs/*/*/l1/*/0.1/*/train.log", copy.folder.glob
    copy.kill_when(lambda: copy.tells(training, " step 2/"), with_its_jobs=True)
    # The first scores of an assessment are kept: it has others to compute.
    copy.kill_when(lambda: any(found("runs/**/scores-*.parquet")), with_its_jobs=False)
    copy.kill_when(lambda: any(found("results/figures/*.svg")), with_its_jobs=True)
    last = copy.snakemake()
    assert last.returncode == 0, last.stderr
    assert copy.results() == finished.results()


@pytest.mark.long
def test_killed_at_random_it_ends_with_the_same_bytes(project: Project, finished: Project):
    """The same from nothing, eight times, at moments that nobody chose."""
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


def test_a_crashed_cell_is_not_green_and_the_others_finish(copy: Project, finished: Project):
    values = small_values()
    values["execution"] |= {"pack": 1}
    copy.write(values)
    copy.lose("runs/*/*/l1/*/0.1")
    other, run = (run for run in planned(copy).runs if run.cell.adversarial_weight == 0.1)
    bad = copy.folder / run.folder / "checkpoint.bin"
    bad.parent.mkdir(parents=True)
    bad.write_bytes(b"asymmetry checkpoint 1\nhalf")
    done = copy.snakemake("--keep-going", "train")
    assert done.returncode != 0
    log = (copy.folder / run.folder / "train.log").read_text()
    assert "is truncated or damaged" in log
    assert "Traceback" not in log
    assert (copy.folder / other.record).is_file()
    assert not (copy.folder / run.record).exists()

    bad.unlink()
    assert copy.snakemake("train").returncode == 0
    assert copy.models() == finished.models()


def test_a_diverged_cell_stays_in_every_table(copy: Project):
    values = small_values()
    values["grid"] |= {"discriminators": ["vgg-patch"], "adversarial_weights": [0, 1e39]}
    copy.write(values)
    done = copy.snakemake()
    assert done.returncode == 0, done.stderr
    runs = copy.table("runs").set_index("adversarial_weight")
    assert runs.loc[1e39, "status"] == "diverged"
    for name in ("scores", "transfer"):
        table = copy.table(name).set_index("run")
        assert set(table.loc[[runs.loc[1e39, "run"]], "status"]) == {"diverged"}
    assert "diverged" in (copy.folder / "results/index.html").read_text()


STAGES = ["train", "assess", "skill", "optimisability", "transfer", "figures", "all"]


def test_each_stage_has_a_name(copy: Project):
    assert "Nothing to be done" in copy.snakemake("-n", *STAGES).stdout


@pytest.mark.long
@pytest.mark.parametrize("target", STAGES)
def test_each_stage_can_be_asked_for_alone(copy: Project, target: str):
    assert "Nothing to be done" in copy.snakemake("-n", target).stdout


def test_three_hundred_cells_are_planned(project: Project):
    values: dict[str, Any] = small_values()
    values["grid"] |= {
        "fidelity": ["l1", "mse", "charbonnier", "gmsd", "fsim", "ssim"],
        "adversarial_weights": [0, 0.001, 0.003, 0.01, 0.03, 0.1, 0.3],
        "seeds": [0, 1, 2, 3],
    }
    project.write(values)
    said = project.snakemake("-n").stdout
    assert cells_and_warm_starts(said) == (6 * (1 + 6 * 2) * 4, 4)


def test_what_people_said_is_joined_and_nothing_is_assessed_again(copy: Project):
    scores = copy.table("scores")
    cell = scores[scores["run"].isin(copy.table("runs").query("kind == 'cell'")["run"])]
    people = cell.drop_duplicates(["run", "image"]).assign(metric="human", convention="log-odds")
    (copy.folder / "data/userstudy").mkdir(parents=True)
    people.to_parquet(copy.folder / "data/userstudy/human.parquet", index=False)
    said = copy.snakemake("-n").stdout
    assert {"scores", "analyse", "report"} <= set(jobs(said))
    assert not trained(said)
    assert not {"assess_part", "transfer_part", "skill_part"} & set(jobs(said))
    assert copy.snakemake("assess").returncode == 0
    joined = copy.table("scores")
    assert len(joined) == len(scores) + len(people)
    assert "Nothing to be done" in copy.snakemake("-n", "assess").stdout


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
