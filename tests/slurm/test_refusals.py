"""What can never run is said before anything is queued."""

import os
from pathlib import Path

import pytest

from tests.slurm.conftest import Cluster, SlurmProject, slurm_values
from tests.workflow.conftest import new_project

pytestmark = [pytest.mark.slow, pytest.mark.slurm]


@pytest.fixture
def project(cluster: Cluster, tmp_path: Path) -> SlurmProject:
    project = SlurmProject(new_project(tmp_path / "project").folder)
    project.write(slurm_values())
    return project


@pytest.mark.parametrize(
    ("resource", "reason"),
    [
        ("slurm_partition=nosuch", "Invalid partition name specified"),
        ("gpu_model=nosuch", "Requested node configuration is not available"),
        ("mem_mb=10000000", "Requested node configuration is not available"),
    ],
)
def test_a_request_that_no_node_can_meet(project: SlurmProject, resource: str, reason: str):
    refused = project.snakemake("--set-resources", f"train_cell:{resource}")
    assert refused.returncode != 0
    (line,) = [line for line in refused.stderr.splitlines() if "SLURM refuses" in line]
    assert reason in line
    assert "train_cell" in line
    assert "submitted" not in refused.stderr


def test_no_slurm(project: SlurmProject, tmp_path: Path, monkeypatch: pytest.MonkeyPatch):
    tools = tmp_path / "tools"
    tools.mkdir()
    for folder in (Path("/usr/local/bin"), Path("/usr/bin")):
        for tool in folder.iterdir():
            if tool.name not in ("sbatch", "squeue", "sinfo", "sacct", "scontrol"):
                (tools / tool.name).symlink_to(tool)
    monkeypatch.setenv("PATH", os.fspath(tools))
    refused = project.snakemake()
    assert refused.returncode != 0
    assert "no SLURM on this machine" in refused.stderr
    assert "Traceback" not in refused.stderr
