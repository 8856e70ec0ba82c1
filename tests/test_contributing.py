"""Does what CONTRIBUTING.md says, word for word, to a copy of the package."""

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

from asymmetry.planning.plan import Plan
from asymmetry.study import parse_study
from asymmetry.study.grid import Cell
from tests import synthetic_tables
from tests.conftest import ROOT, small_values

GUIDE = (ROOT / "CONTRIBUTING.md").read_text(encoding="utf-8")
# `path`[, in `TABLE`]: and the block of code below it.
BLOCK = re.compile(r"`([\w./]+)`(?:, in `(\w+)`)?:\n\n```\w+\n(.*?)```", re.DOTALL)
LOSS, BACKBONE, DISCRIMINATOR, METRIC, FIGURE = (
    *("edges", "halving", "halving-patch"),
    *("largest_error", "endings"),
)
# Trains and assesses all cells of the study with the package that PYTHONPATH names.
DRIVER = """
import json, sys
from dataclasses import astuple
from pathlib import Path
import asymmetry
from asymmetry.assessment.engine import assess_part
from asymmetry.figures.registry import figure_names
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
found = {
    "package": str(Path(asymmetry.__file__).parent),
    "runs": [[run.id, astuple(run.cell)] for run in plan.runs],
    "warm_starts": [run.id for run in plan.warm_starts],
    "scores": [str(part.path) for part in stages.assessment.parts],
    "figures": figure_names(),
}
Path("found.json").write_text(json.dumps(found))
"""


@dataclass
class Fork:
    """A copy of the package with all additions, and a workplace with a study that uses them."""

    package: Path
    work: Path
    added: list[Path]
    before: list[str]

    def run(self, *arguments: str, cwd: Path | None = None) -> subprocess.CompletedProcess[str]:
        """Python on the copy."""
        return subprocess.run(
            [sys.executable, *arguments],
            cwd=cwd or self.work,
            env=os.environ | {"PYTHONPATH": str(self.package.parent), "OMP_NUM_THREADS": "1"},
            capture_output=True,
            text=True,
        )


def add_to(package: Path) -> list[Path]:
    """Write the files and table entries of the guide; returns what was touched."""
    touched = []
    for path, table, code in BLOCK.findall(GUIDE):
        if not path.startswith("src/asymmetry/"):
            continue
        file = package / Path(path).relative_to("src/asymmetry")
        if table:
            text = file.read_text()
            opening = re.search(rf"^{table}\b.*\{{\n", text, re.MULTILINE)
            assert opening, f"{path} has no table {table}"
            code = text[: opening.end()] + code + text[opening.end() :]
        else:
            assert not file.exists(), f"{path} is there already"
        file.write_text(code)
        touched.append(file)
    return touched


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
    for path, _, code in BLOCK.findall(GUIDE):
        if path == "params.yaml":
            values = merged(values, yaml.safe_load(code))
    return values


@pytest.fixture(scope="module")
def fork(tmp_path_factory: pytest.TempPathFactory) -> Fork:
    folder = tmp_path_factory.mktemp("fork")
    work, package = folder / "work", folder / "src" / "asymmetry"
    shutil.copytree(ROOT / "src" / "asymmetry", package, ignore=shutil.ignore_patterns("__pyc*"))
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
    return Fork(package, work, add_to(package), before)


@pytest.fixture(scope="module")
def found(fork: Fork) -> dict[str, Any]:
    """What the driver found, after it trained and assessed everything."""
    done = fork.run("-c", DRIVER)
    assert done.returncode == 0, done.stderr
    values = json.loads((fork.work / "found.json").read_text())
    assert values["package"] == str(fork.package)
    return values


def record(fork: Fork, found: dict[str, Any], **wanted: object) -> dict[str, Any]:
    """The `run.json` of the one cell with these values."""
    for name, values in found["runs"]:
        cell = Cell(*values)
        if all(getattr(cell, key) == value for key, value in wanted.items()):
            return json.loads((fork.work / "runs" / name / "run.json").read_text())
    raise AssertionError(f"no cell with {wanted}")


def test_the_guide_shows_four_additions_of_about_ten_lines():
    code = {path: text for path, _, text in BLOCK.findall(GUIDE) if path != "params.yaml"}
    assert len(code) == 6  # four files, two entries of tables
    for path, text in code.items():
        lines = [line for line in text.splitlines() if line.strip() and "import" not in line]
        assert len(lines) <= 17, f"{path}: {len(lines)} lines are too much for a newcomer"


def test_what_is_added_passes_the_checks(fork: Fork):
    settings = ("--config", str(ROOT / "pyproject.toml"), "--no-cache")
    files = [str(file) for file in fork.added]
    for check in (["check"], ["format", "--check"]):
        done = fork.run("-m", "ruff", *check, *settings, *files)
        assert done.returncode == 0, done.stdout


@pytest.mark.slow
def test_only_cells_that_use_an_addition_are_new(fork: Fork, found: dict[str, Any]):
    """Neither a new file nor a new entry of a table trains a finished cell again."""
    after = {name: Cell(*values) for name, values in found["runs"]}
    assert set(fork.before) < set(after)
    for name in set(after) - set(fork.before):
        assert LOSS in after[name].fidelity or after[name].discriminator == DISCRIMINATOR
    assert len(after) == 9  # three losses x (no adversary + two discriminators)


@pytest.mark.slow
def test_the_loss_trains_a_cell(fork: Fork, found: dict[str, Any]):
    done = record(fork, found, fidelity=LOSS, adversarial_weight=0)
    assert (done["status"], done["steps"]) == ("done", 3)
    assert done["losses"]["fidelity"]["first"] > 0
    assert done["gradient_norms"]["fidelity"] > 0


@pytest.mark.slow
def test_the_gradient_of_the_discriminator_reaches_the_generator(fork: Fork, found: dict[str, Any]):
    done = record(fork, found, fidelity="l1", discriminator=DISCRIMINATOR)
    assert (done["status"], done["steps"]) == ("done", 3)
    assert done["gradient_norms"]["adversarial"] > 0
    assert done["gradient_ratio"] > 0


@pytest.mark.slow
def test_the_metric_is_in_the_scores(fork: Fork, found: dict[str, Any]):
    scores = pd.concat([pd.read_parquet(fork.work / path) for path in found["scores"]])
    mine = scores[scores["metric"] == METRIC]
    assert len(mine) == len(found["runs"]) + len(found["warm_starts"]) + 1  # and bicubic
    assert (mine["status"] == "ok").all()
    assert mine["value"].between(0.01, 1).all()
    assert mine["convention"].unique() == [
        "asymmetry, y, border cropped by the scale, 8 bits, lower is better"
    ]


@pytest.mark.slow
def test_the_figure_is_drawn(fork: Fork, found: dict[str, Any], tmp_path: Path):
    assert found["figures"][-1] == FIGURE
    study, _ = synthetic_tables.analysed_study(tmp_path / "results")
    (tmp_path / "params.yaml").write_text(yaml.safe_dump(study.model_dump(mode="json")))
    (command,) = re.findall(r"^asymmetry (figures .*)$", GUIDE, re.MULTILINE)
    done = fork.run("-m", "asymmetry", *command.split(), cwd=tmp_path)
    assert done.returncode == 0, done.stderr
    drawn = tmp_path / "results" / "figures"
    assert {file.suffix for file in drawn.glob(f"{FIGURE}.*")} == {".svg", ".png", ".csv", ".json"}
    numbers = pd.read_csv(drawn / f"{FIGURE}.csv").set_index("status")["size"]
    assert (numbers["diverged"], numbers["missing"]) == (1, 1)


@pytest.mark.slow
def test_the_general_tests_find_the_additions(fork: Fork):
    files = ["fidelity/test_all.py", "backbones/test_registry.py", "metrics/test_build.py"]
    names = f"{LOSS} or {BACKBONE} or {METRIC}"
    tests = [f"tests/{file}" for file in files]
    done = fork.run(
        *("-m", "pytest", "-p", "no:cacheprovider", "-q", "-rN", "-k", names, *tests), cwd=ROOT
    )
    assert done.returncode == 0, done.stdout
    assert int(re.findall(r"(\d+) passed", done.stdout)[0]) >= 15
