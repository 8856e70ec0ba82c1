"""`snakemake --cores all --profile slurm`, as the README has it."""

import re
from pathlib import Path

import pytest

from tests.slurm.conftest import (
    GPUS_A_NODE,
    NODES,
    Cluster,
    SlurmProject,
    Watched,
    plan_of,
    slurm_values,
    wait_until,
)
from tests.slurm.undisturbed import Undisturbed
from tests.workflow.conftest import new_project

pytestmark = [pytest.mark.slow, pytest.mark.slurm]


def test_the_command_as_typed_with_packs(cluster: Cluster, undisturbed: Undisturbed, disk: Path):
    """All GPUs are used, and packs give the same bytes.

    A job reads the Snakefile anew, when others may have finished: it must find its pack. Those
    that can run at once wait until one cell is finished, as if by another start of the study: what
    is missing when the others begin would make other packs.
    """
    project = SlurmProject(new_project(disk / "project").folder)
    values = slurm_values(pack=2)
    project.write(values)
    first, *others = (run.id for run in plan_of(values).runs)
    project.pace.hold([first, *others], 1)
    log = project.folder / "head.log"
    with Watched(project.folder) as held:
        head = project.head(log.name)
        wait_until(lambda: held.trainings == len(NODES) * GPUS_A_NODE, head, log)
        undisturbed.give(first, project.folder)
        project.pace.go_on(first, *others)
        assert head.wait() == 0, log.read_text()
    assert len(set(re.findall(r"train_pack_\w+", log.read_text()))) == 5
    assert (project.folder / "results/index.html").stat().st_size > 5000
    assert project.results() == undisturbed.finished.results()
    assert 1 < held.trainings <= held.gpus == len(NODES) * GPUS_A_NODE
    again = project.snakemake()
    assert "Nothing to be done" in again.stdout + again.stderr
