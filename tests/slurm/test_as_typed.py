"""`snakemake --cores all --profile slurm`, as the README has it."""

from pathlib import Path

import pytest

from tests.slurm.conftest import GPUS_A_NODE, NODES, Cluster, SlurmProject, Watched, slurm_values
from tests.workflow.conftest import Project, new_project

pytestmark = [pytest.mark.slow, pytest.mark.slurm]


def test_the_command_as_typed(cluster: Cluster, undisturbed: Project, disk: Path):
    project = SlurmProject(new_project(disk / "project").folder)
    project.write(slurm_values())
    with Watched(project.folder) as held:
        done = project.snakemake()
    assert done.returncode == 0, done.stderr
    assert (project.folder / "results/index.html").stat().st_size > 5000
    assert project.results() == undisturbed.results()
    assert 1 < held.trainings <= held.gpus == NODES * GPUS_A_NODE
    again = project.snakemake()
    assert "Nothing to be done" in again.stdout + again.stderr


def test_companies_give_the_same_bytes(cluster: Cluster, undisturbed: Project, disk: Path):
    """A job reads the Snakefile anew, when others may have finished: it must find its company."""
    project = SlurmProject(new_project(disk / "companies").folder)
    values = slurm_values()
    values["execution"] |= {"company": 2}
    project.write(values)
    done = project.snakemake()
    assert done.returncode == 0, done.stderr
    assert "train_company_" in done.stderr
    assert project.models() == undisturbed.models()
    assert project.results() == undisturbed.results()
