"""`dvc repro` on the login node, its stages run by the cluster."""

import subprocess
import sys
import threading
from dataclasses import dataclass
from pathlib import Path

import psutil
import pytest

from tests.slurm.conftest import Cluster, slurm_values
from tests.slurm.undisturbed import Undisturbed
from tests.workflow.dvc_project import DvcProject, new_dvc_project

pytestmark = [pytest.mark.slow, pytest.mark.slurm]


@dataclass
class OnCluster(DvcProject):
    """Typed on the login node: the profile comes from the environment."""

    def environment(self) -> dict[str, str]:
        return super().environment() | {"SNAKEMAKE_PROFILE": "slurm"}


@pytest.mark.parametrize(
    "stages",
    [pytest.param(["grid"], id="trainings"), pytest.param([], id="all", marks=pytest.mark.long)],
)
def test_dvc_repro_on_the_login_node(
    cluster: Cluster, undisturbed: Undisturbed, disk: Path, stages: list[str]
):
    project = OnCluster(new_dvc_project(disk / f"dvc-{len(stages)}").folder)
    project.write(slurm_values(pack=1 if not stages else 11))
    if stages:
        undisturbed.give_warm_start(project.folder)
    stop, inside = threading.Event(), set[int]()
    watch = threading.Thread(target=watch_jobs, args=(stop, inside))
    watch.start()
    try:
        done = subprocess.run(
            [sys.executable, "-m", "dvc", "repro", *stages],
            cwd=project.folder,
            env=project.environment(),
            capture_output=True,
            text=True,
        )
    finally:
        stop.set()
        watch.join()
    assert done.returncode == 0, done.stdout[-3000:] + done.stderr
    assert "slurm" in done.stdout + done.stderr
    assert inside == set(), "dvc ran inside a job"
    assert project.models() == undisturbed.trained.models()
    assert "up to date" in project.dvc("status", *stages).stdout


def watch_jobs(stop: threading.Event, inside: set[int]) -> None:
    """Collect the numbers of those dvc processes that descend from a SLURM job step."""
    while not stop.wait(0.5):
        for process in psutil.process_iter(["cmdline"]):
            if "dvc" in (process.info["cmdline"] or [])[:3] and in_a_job(process):
                inside.add(process.pid)


def in_a_job(process: psutil.Process) -> bool:
    try:
        return any(parent.name().startswith("slurmstepd") for parent in process.parents())
    except psutil.NoSuchProcess:
        return False
