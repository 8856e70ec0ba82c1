"""Does what CONTRIBUTING.md says, word for word, in a project of its own."""

import json
import os
import re
import shutil
import subprocess
import sys
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd
import pytest
import yaml
from PIL import Image

from asymmetry.core.errors import UserError
from asymmetry.figures.registry import figure_names
from asymmetry.figures.write import draw
from asymmetry.monitor.forecast import print_plan
from asymmetry.planning.plan import Plan
from asymmetry.report.build import write_report
from asymmetry.study import parse_study, read_study
from asymmetry.study.grid import Cell
from asymmetry.study.own_parts import define_own_parts
from tests import synthetic_tables
from tests.conftest import ROOT, small_values
from tests.own_project import process_of_its_own

GUIDE = (ROOT / "CONTRIBUTING.md").read_text(encoding="utf-8")
# `path`: and the block of code below it.
BLOCK = re.compile(r"`([\w./]+)`:\n\n```\w+\n(.*?)```", re.DOTALL)
LOSS, BACKBONE, DISCRIMINATOR, METRIC, FIGURE = (
    *("edges", "halving", "halving-patch"),
    *("largest_error", "endings"),
)
# Trains and assesses all cells of the study, and transfers their discriminators.
DRIVER = """
import json, sys
from dataclasses import astuple
from pathlib import Path
from asymmetry.assessment.engine import assess_part
from asymmetry.figures.registry import figure_names
from asymmetry.iqa.transfer.measure import measure_part
from asymmetry.planning.plan import Plan
from asymmetry.pipeline.stages import Stages
from asymmetry.study import read_study
from asymmetry.training.job import train

plan = Plan(read_study(Path("params.yaml")))
stages = Stages(plan)
for run in [*plan.warm_starts, *plan.runs]:
    assert train(plan, run.id) == 0
for part in stages.assessment.parts:
    assess_part(plan, part.path)
for part in stages.transfer.parts:
    measure_part(plan, part.path)
found = {
    "runs": [[run.id, astuple(run.cell)] for run in plan.runs],
    "warm_starts": [run.id for run in plan.warm_starts],
    "scores": [str(part.path) for part in stages.assessment.parts],
    "transfer": [str(part.path) for part in stages.transfer.parts],
    "figures": figure_names(),
}
Path("found.json").write_text(json.dumps(found))
"""


@dataclass
class Project:
    """A folder with a study that uses all additions, and these in its `parts`."""

    folder: Path
    added: list[Path]
    before: list[str]

    def run(self, *arguments: str) -> subprocess.CompletedProcess[str]:
        """Python in that folder."""
        scripts = f"{Path(sys.executable).parent}{os.pathsep}{os.environ['PATH']}"
        return subprocess.run(
            [sys.executable, *arguments],
            cwd=self.folder,
            env=os.environ | {"PATH": scripts, "OMP_NUM_THREADS": "1"},
            capture_output=True,
            text=True,
        )


def add_parts(folder: Path) -> list[Path]:
    """Write the files of the guide into a project's folder."""
    written = []
    for path, code in BLOCK.findall(GUIDE):
        if path.startswith("parts/"):
            (folder / path).parent.mkdir(parents=True, exist_ok=True)
            (folder / path).write_text(code)
            written.append(folder / path)
    return written


def merged(old: Any, new: Any) -> Any:
    """`new` merged into `old`: mappings by key, lists by value."""
    if isinstance(old, dict):
        return old | {key: merged(old[key], new[key]) if key in old else new[key] for key in new}
    return [*old, *(value for value in new if value not in old)]


def study_before() -> dict[str, Any]:
    """A small study on small photos, with a loss that is a metric of this package."""
    values = small_values()
    values["photos"] = {"source": "photos"}
    values["grid"] |= {
        "fidelity": ["l1", "gmsd"],
        "discriminators": ["vgg-patch"],
        "adversarial_weights": [0, 0.1],
    }
    for section in ("warm_start", "training"):
        values[section]["steps"] = 3
    values["evaluation"]["sets"] = {"test": "set"}
    return values


def study_after() -> dict[str, Any]:
    """That study with every change to `params.yaml` that the guide shows."""
    values = study_before()
    for path, code in BLOCK.findall(GUIDE):
        if path == "params.yaml":
            values = merged(values, yaml.safe_load(code))
    return values


@pytest.fixture(scope="module")
def project(tmp_path_factory: pytest.TempPathFactory) -> Project:
    work = tmp_path_factory.mktemp("project")
    for name, count in {"photos": 4, "set": 1}.items():
        (work / name).mkdir(parents=True)
        for index in range(count):
            noise = np.random.default_rng(index).integers(0, 256, (9, 9, 3), np.uint8)
            picture = Image.fromarray(noise).resize((72, 72), Image.Resampling.BICUBIC)
            picture.save(work / name / f"p{index}.png")
    with pytest.MonkeyPatch.context() as patch:
        patch.chdir(work)
        before = [run.id for run in Plan(parse_study(study_before(), "before")).runs]
    (work / "params.yaml").write_text(yaml.safe_dump(study_after()))
    shutil.copy(ROOT / "Snakefile", work)
    shutil.copytree(ROOT / "workflow", work / "workflow")
    return Project(work, add_parts(work), before)


@pytest.fixture(scope="module")
def found(project: Project) -> dict[str, Any]:
    """What the driver found, after it trained and assessed everything."""
    done = project.run("-c", DRIVER)
    assert done.returncode == 0, done.stderr
    return json.loads((project.folder / "found.json").read_text())


def record(project: Project, found: dict[str, Any], **wanted: object) -> dict[str, Any]:
    """The `run.json` of the one cell with these values."""
    for name, values in found["runs"]:
        cell = Cell(*values)
        if all(getattr(cell, key) == value for key, value in wanted.items()):
            return json.loads((project.folder / "runs" / name / "run.json").read_text())
    raise AssertionError(f"no cell with {wanted}")


def test_the_guide_shows_four_additions_of_about_ten_lines():
    code = {path: text for path, text in BLOCK.findall(GUIDE) if path != "params.yaml"}
    assert [path.split("/")[:2] for path in code] == [
        ["parts", kind] for kind in ("fidelity", "backbones", "metrics", "figures")
    ]
    for path, text in code.items():
        lines = [line for line in text.splitlines() if line.strip() and "import" not in line]
        assert len(lines) <= 17, f"{path}: {len(lines)} lines are too much for a newcomer"


def test_what_is_added_passes_the_checks(project: Project):
    ours = "lint.isort.known-first-party=['asymmetry']"  # as in a checkout
    settings = ("--config", str(ROOT / "pyproject.toml"), "--config", ours, "--no-cache")
    files = [str(file) for file in project.added]
    for check in (["check"], ["format", "--check"]):
        done = project.run("-m", "ruff", *check, *settings, *files)
        assert done.returncode == 0, done.stdout


@pytest.mark.slow
def test_only_cells_that_use_an_addition_are_new(project: Project, found: dict[str, Any]):
    """Neither a new file nor a new entry of a table trains a finished cell again."""
    after = {name: Cell(*values) for name, values in found["runs"]}
    assert set(project.before) < set(after)
    for name in set(after) - set(project.before):
        assert LOSS in after[name].fidelity or after[name].discriminator == DISCRIMINATOR
    assert len(after) == 9  # three losses x (no adversary + two discriminators)


@pytest.mark.slow
def test_the_loss_trains_a_cell(project: Project, found: dict[str, Any]):
    done = record(project, found, fidelity=LOSS, adversarial_weight=0)
    assert (done["status"], done["steps"]) == ("done", 3)
    assert done["losses"]["fidelity"]["first"] > 0
    assert done["gradient_norms"]["fidelity"] > 0


@pytest.mark.slow
def test_the_gradient_of_the_discriminator_reaches_the_generator(
    project: Project, found: dict[str, Any]
):
    done = record(project, found, fidelity="l1", discriminator=DISCRIMINATOR)
    assert (done["status"], done["steps"]) == ("done", 3)
    assert done["gradient_norms"]["adversarial"] > 0
    assert done["gradient_ratio"] > 0


@pytest.mark.slow
def test_the_discriminator_is_transferred(project: Project, found: dict[str, Any]):
    tables = [pd.read_parquet(project.folder / path) for path in found["transfer"]]
    mine = pd.concat(tables)[lambda table: table["backbone"] == BACKBONE]
    trained = {run for run, values in found["runs"] if Cell(*values).discriminator == DISCRIMINATOR}
    assert trained <= set(mine["run"])
    assert set(mine["mode"]) == {"raw", "probe", "fine-tune"}


@pytest.mark.slow
def test_the_metric_is_in_the_scores(project: Project, found: dict[str, Any]):
    scores = pd.concat([pd.read_parquet(project.folder / path) for path in found["scores"]])
    mine = scores[scores["metric"] == METRIC]
    assert len(mine) == len(found["runs"]) + len(found["warm_starts"]) + 1  # and bicubic
    assert (mine["status"] == "ok").all()
    assert mine["value"].between(0.01, 1).all()
    assert mine["convention"].unique() == [
        "parts, y, border cropped by the scale, 8 bits, lower is better"
    ]


@pytest.mark.slow
def test_the_figure_is_drawn_and_on_the_page(workplace: Path):
    results = workplace / "results"
    study, _ = synthetic_tables.analysed_study(results)
    add_parts(workplace)
    (command,) = re.findall(r"^asymmetry figures (.*)$", GUIDE, re.MULTILINE)
    assert command == FIGURE
    with process_of_its_own():
        define_own_parts()
        assert figure_names()[-1] == FIGURE
        draw(study, [FIGURE], results)
        write_report(study, results)
    drawn = results / "figures"
    assert {file.suffix for file in drawn.glob(f"{FIGURE}.*")} == {".svg", ".png", ".csv", ".json"}
    numbers = pd.read_csv(drawn / f"{FIGURE}.csv").set_index("status")["size"]
    assert (numbers["diverged"], numbers["missing"]) == (1, 1)
    page = (results / "index.html").read_text()
    assert "How the cells ended" in page
    assert f"figures/{FIGURE}.svg" in page


@pytest.mark.slow
def test_a_broken_part_is_a_line_of_the_plan_and_of_snakemake(
    project: Project, monkeypatch: pytest.MonkeyPatch
):
    monkeypatch.chdir(project.folder)
    file = Path(f"parts/fidelity/{LOSS}.py")
    whole = file.read_text()
    file.write_text(f"import nowhere_at_all\n{whole}")
    try:
        done = project.run("-m", "snakemake", "-n", "--cores", "1")
        with process_of_its_own(), pytest.raises(UserError) as caught:
            print_plan(Plan(read_study(Path("params.yaml"))))
    finally:
        file.write_text(whole)
    line = f"{file}, line 1: cannot be imported: ModuleNotFoundError: No module named "
    assert str(caught.value) == f"{line}'nowhere_at_all'"
    assert done.returncode != 0
    assert [text for text in done.stderr.splitlines() if "nowhere" in text] == [
        f"error: {caught.value}"
    ]
    assert "Traceback" not in done.stderr


@pytest.mark.slow
def test_the_general_tests_find_the_additions(project: Project):
    files = ["fidelity/test_all.py", "backbones/test_registry.py", "metrics/test_build.py"]
    names = f"{LOSS} or {BACKBONE} or {METRIC}"
    tests = [str(ROOT / "tests" / file) for file in files]
    options = ("-p", "no:cacheprovider", "-c", str(ROOT / "pyproject.toml"), "-q", "-rN")
    done = project.run("-m", "pytest", *options, "-k", names, *tests)
    assert done.returncode == 0, done.stdout
    assert int(re.findall(r"(\d+) passed", done.stdout)[0]) >= 15
