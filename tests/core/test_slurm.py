"""What is asked of SLURM and made of its answers; a real SLURM is asked in tests/slurm."""

import subprocess
from collections.abc import Callable
from datetime import datetime
from pathlib import Path

import pytest

from asymmetry.core import slurm
from asymmetry.core.errors import UserError

Answer = Callable[..., None]
Answers = dict[str, str]


@pytest.fixture
def asked(monkeypatch: pytest.MonkeyPatch) -> list[tuple[str, ...]]:
    """The commands put to SLURM."""
    monkeypatch.delenv("SLURM_JOB_END_TIME", raising=False)
    monkeypatch.setenv("SLURM_JOB_ID", "17")
    monkeypatch.setattr("shutil.which", lambda name: f"/usr/bin/{name}")
    return []


@pytest.fixture
def answer(monkeypatch: pytest.MonkeyPatch, asked: list[tuple[str, ...]]) -> Answer:
    def set_answer(code: int = 0, output: str = "", error: str = "") -> None:
        def run(command: tuple[str, ...], **_: object) -> subprocess.CompletedProcess[str]:
            asked.append(command)
            return subprocess.CompletedProcess(command, code, output, error)

        monkeypatch.setattr("subprocess.run", run)

    return set_answer


@pytest.fixture
def answers(monkeypatch: pytest.MonkeyPatch, asked: list[tuple[str, ...]]) -> Answers:
    """What each of SLURM's commands says; one that is not in here fails."""
    said: Answers = {}

    def run(command: tuple[str, ...], **_: object) -> subprocess.CompletedProcess[str]:
        asked.append(command)
        known = command[0] in said
        return subprocess.CompletedProcess(command, 0 if known else 1, said.get(command[0], ""), "")

    monkeypatch.setattr("subprocess.run", run)
    return said


def test_the_end_of_a_job(monkeypatch: pytest.MonkeyPatch, answers: Answers, asked: list):
    """By the clock of SLURM: that of the node does not count."""
    answers["squeue"] = "2026-11-24T03:32:17\n"
    answers["scontrol"] = "Configuration data as of 2026-11-24T03:31:07\nBatchStartTimeout = 10\n"
    assert slurm.seconds_left() == 70
    assert asked[0][:4] == ("squeue", "--noheader", "--jobs", "17")
    monkeypatch.setenv("SLURM_JOB_END_TIME", str(datetime(2026, 11, 24, 3, 32, 0).timestamp()))
    assert slurm.seconds_left() == 53


@pytest.mark.parametrize("squeue", ["N/A\n", ""])
def test_a_job_without_an_end(answers: Answers, squeue: str):
    answers["squeue"] = squeue
    assert slurm.seconds_left() is None


def test_where_slurm_does_not_tell_the_time_the_node_does(
    monkeypatch: pytest.MonkeyPatch, answers: Answers
):
    monkeypatch.setattr("time.time", lambda: 900.0)
    monkeypatch.setenv("SLURM_JOB_END_TIME", "1000")
    assert slurm.seconds_left() == 100


def test_outside_slurm_there_is_no_end_and_no_way_back(monkeypatch: pytest.MonkeyPatch):
    monkeypatch.delenv("SLURM_JOB_ID", raising=False)
    monkeypatch.delenv("SLURM_JOB_END_TIME", raising=False)
    assert slurm.seconds_left() is None
    assert not slurm.put_back()


def test_a_job_is_put_back_by_its_own_id(answer: Answer, asked: list):
    answer()
    assert slurm.put_back()
    assert asked == [("scontrol", "requeue", "17")]
    answer(code=1, error="Requested operation is presently disabled")
    assert not slurm.put_back()


def test_a_refusal_names_all_its_rules_once(answer: Answer, asked: list):
    answer(code=1, error="sbatch: noise\nallocation failure: Invalid partition name specified\n")
    wanted = {"slurm_partition": "gpux", "gpu": 2, "runtime": 60, "mem_mb": 4000, "tmpdir": "/x"}
    with pytest.raises(UserError) as caught:
        slurm.check_requests({"train_cell": wanted, "assess_part": {"slurm_partition": "gpux"}})
    assert str(caught.value) == (
        "SLURM refuses the jobs of train_cell (--partition=gpux --time=60 --mem=4000 --gpus=2), "
        "assess_part (--partition=gpux): Invalid partition name specified; "
        "mend workflow/profiles/slurm/config.yaml, or execution.resources of the study"
    )
    assert asked[0][:2] == ("sbatch", "--test-only")


def test_a_type_of_gpu_is_asked_for(answer: Answer, asked: list):
    answer()
    slurm.check_requests({"train_cell": {"gpu": 1, "gpu_model": "a100"}})
    assert "--gpus=a100:1" in asked[0]


def test_without_slurm_there_is_one_line(monkeypatch: pytest.MonkeyPatch):
    monkeypatch.setattr("shutil.which", lambda _: None)
    with pytest.raises(UserError, match=r"^no SLURM on this machine .*login node.*$"):
        slurm.check_requests({})


def test_only_jobs_of_this_folder_are_left_over(answer: Answer):
    answer(output="1|asymmetry_a-b|/data/x\n2|asymmetry_c|/data/y\n3|other|/data/x\n")
    assert slurm.left_over_jobs(Path("/data/x")) == ["1"]
    answer(code=1)
    assert slurm.left_over_jobs(Path("/data/x")) == []
