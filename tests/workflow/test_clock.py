"""A clock that was ahead and was put right: nothing stale passes for finished, nothing fails."""

import os
import time

import pytest

from tests.conftest import small_values
from tests.workflow.conftest import Project
from tests.workflow.test_study import jobs, trained

pytestmark = pytest.mark.slow
HOUR = 3600


def made_an_hour_ahead(project: Project) -> None:
    moment = time.time() + HOUR
    for name in ("results", "runs", ".asymmetry"):
        for file in (project.folder / name).rglob("*"):
            os.utime(file, (moment, moment))


@pytest.mark.parametrize("target", ["claims.md", pytest.param("", marks=pytest.mark.long)])
def test_a_changed_study_is_seen_and_ends_with_its_own_claims(copy: Project, target: str):
    before = (copy.folder / "results/claims.md").read_bytes()
    made_an_hour_ahead(copy)
    values = small_values()
    values["evaluation"] |= {"distortion": ["psnr_y"], "perception": []}
    copy.write(values)
    said = copy.snakemake("-n").stdout
    assert not trained(said)
    assert {"analyse", "draw", "report"} <= set(jobs(said))
    asked = [f"results/{target}"] if target else []
    done = copy.snakemake(*asked)
    assert done.returncode == 0, done.stderr
    assert (copy.folder / "results/claims.md").read_bytes() != before
    assert "Nothing to be done" in copy.snakemake("-n", *asked).stdout


def test_an_unchanged_study_has_nothing_to_do(copy: Project):
    made_an_hour_ahead(copy)
    assert "Nothing to be done" in copy.snakemake("-n").stdout
