"""Snakemake's own options do what they say."""

import pytest

from tests.conftest import small_values
from tests.workflow.conftest import Project
from tests.workflow.test_study import cells_and_warm_starts

pytestmark = pytest.mark.slow


def test_forced_trainings_train(copy: Project, finished: Project):
    (cell,) = (copy.folder / "runs").glob("*/*/l1/none/0/*/generator.safetensors")
    before = cell.stat().st_ino
    record = str(cell.with_name("run.json").relative_to(copy.folder))
    done = copy.snakemake(record, "--forcerun", record)
    assert done.returncode == 0, done.stderr
    assert cell.stat().st_ino != before
    assert copy.models() == finished.models()


def test_deleted_records_are_taken_over_with_a_line(copy: Project):
    copy.lose("runs/**/run.json")
    done = copy.snakemake("-n")
    assert "6 finished trainings are taken over" in done.stdout + done.stderr
    assert cells_and_warm_starts(done.stdout) == (0, 0)


def test_settings_on_the_command_line_are_merged_into_the_study(copy: Project):
    said = copy.snakemake("-n", "--config", "grid={seeds: [1]}").stdout
    assert cells_and_warm_starts(said) == (5, 1)


def test_a_section_that_stands_there_twice_is_a_line(copy: Project):
    params = copy.folder / "params.yaml"
    params.write_text(params.read_text() + "training:\n  steps: 3\n")
    done = copy.snakemake("-n")
    assert done.returncode != 0
    (line,) = [one for one in done.stderr.splitlines() if "training" in one]
    assert line.startswith("error: params.yaml: training: stands there twice (lines ")


def test_results_may_have_blanks_in_their_name(copy: Project):
    values = small_values() | {"results": "my results, 2nd"}
    copy.write(values)
    done = copy.snakemake("--until", "optimisability_part", "--", "optimisability")
    assert done.returncode == 0, done.stderr
    assert list((copy.folder / "my results, 2nd/parts/optimisability").glob("*.parquet"))
