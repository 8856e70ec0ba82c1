from pathlib import Path
from typing import Any

import pytest
import yaml
from typer.testing import CliRunner, Result

from asymmetry.cli.main import app
from asymmetry.core.errors import UserError
from asymmetry.pipeline.stages import Stages
from tests.artifacts.conftest import flip
from tests.conftest import small_values


def run(*arguments: str) -> Result:
    return CliRunner().invoke(app, [*arguments])


def write(name: str, **changes: Any) -> None:
    Path(name).write_text(yaml.safe_dump(small_values() | changes))


@pytest.fixture(autouse=True)
def study(stages: Stages) -> Stages:
    write("params.yaml")
    return stages


def test_adopt_says_what_it_found_and_exits_with_2_where_it_refused(study: Stages):
    done = run("adopt")
    assert (done.exit_code, done.stderr) == (0, "")
    flip(study.plan.runs[0].folder / "generator.safetensors")
    done = run("adopt")
    assert done.exit_code == 2
    assert done.stderr.startswith(f"refused: {study.plan.runs[0].folder}/generator.safetensors: ")
    assert "5 of 6 verified, 1 to train" in done.stdout


def test_prune_removes_only_when_told_and_what_no_study_names(study: Stages):
    write("one.yaml", grid=small_values()["grid"] | {"seeds": [7]})
    listed = run("prune", "--study", "one.yaml")
    assert listed.exit_code == 0
    assert listed.stdout.count(", kept\n") == 6
    assert "6 runs, 0.0 MB, that one.yaml does not name; --yes removes them" in listed.stdout
    both = run("prune", "--yes", "--study", "one.yaml", "--study", "params.yaml")
    assert both.stdout == "0 runs, 0.0 MB, that one.yaml, params.yaml does not name\n"
    assert all(one.record.is_file() for one in study.plan.by_id.values())
    assert run("prune", "--yes", "--study", "one.yaml").stdout.count(", removed\n") == 6
    assert not list(Path("runs").iterdir())


def test_why_and_release_name_a_near_run_where_there_is_none():
    for command in ("why", "release"):
        done = run(command, "bicubic-x5/compact-tiny/l1")
        assert isinstance(done.exception, UserError)
        assert "no run of this study has this id" in str(done.exception)


def test_why_prints_its_lines(study: Stages):
    done = run("why", study.plan.runs[0].id)
    assert done.exit_code == 0
    assert done.stdout.startswith(f"{study.plan.runs[0].id}: done")
