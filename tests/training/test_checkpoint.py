import os
import pickle
import subprocess
from collections.abc import Callable
from pathlib import Path

import pytest
import torch

from asymmetry.core.errors import UserError
from asymmetry.planning.plan import Plan
from asymmetry.training.checkpoint import Header, load_checkpoint, save_checkpoint
from tests.training.conftest import Start

TENSORS = {"generator/w": torch.arange(6.0).view(2, 3), "step": torch.tensor(3)}


@pytest.fixture
def saved(tmp_path: Path) -> Path:
    path = tmp_path / "checkpoint.bin"
    save_checkpoint(path, Header("a/b-1", 7, 1.5, 2), TENSORS)
    return path


class Owned:
    """Runs code when it is unpickled."""

    def __reduce__(self):
        return os.mkdir, ("owned",)


def test_a_checkpoint_comes_back(saved: Path):
    header, tensors = load_checkpoint(saved, "a/b-1")
    assert header == Header("a/b-1", 7, 1.5, 2)
    assert all(torch.equal(tensors[name], TENSORS[name]) for name in TENSORS)


def test_equal_states_give_equal_bytes(saved: Path, tmp_path: Path):
    other = tmp_path / "other-name.bin"
    save_checkpoint(other, Header("a/b-1", 7, 1.5, 2), TENSORS)
    assert other.read_bytes() == saved.read_bytes()


@pytest.mark.parametrize("keep", [0, 10, 50, 90, 150, 200, -1])
def test_a_truncated_checkpoint_is_refused(saved: Path, keep: int):
    saved.write_bytes(saved.read_bytes()[:keep])
    with pytest.raises(UserError, match=r"checkpoint.bin: is .*; delete it and start again"):
        load_checkpoint(saved, "a/b-1")


def test_a_flipped_bit_is_refused(saved: Path):
    content = bytearray(saved.read_bytes())
    content[-3] ^= 1
    saved.write_bytes(content)
    with pytest.raises(UserError, match="truncated or damaged"):
        load_checkpoint(saved, "a/b-1")


def test_the_checkpoint_of_another_run_is_refused(saved: Path):
    with pytest.raises(UserError, match="belongs to the run a/b-1, not to a/c-2"):
        load_checkpoint(saved, "a/c-2")


def test_a_pickle_is_refused_and_not_run(saved: Path, workplace: Path):
    saved.write_bytes(pickle.dumps(Owned()))
    with pytest.raises(UserError, match="is not a checkpoint of this program"):
        load_checkpoint(saved, "a/b-1")
    assert not (workplace / "owned").exists()


@pytest.mark.slow
def test_a_full_disk_costs_one_line_and_the_former_checkpoint_stays(
    make_plan: Callable[..., Plan], start: Start, workplace: Path
):
    plan = make_plan(training={"steps": 100000}, execution={"checkpoint_seconds": 0.2})
    warm = plan.warm_starts[0]
    start(warm.id, workplace).communicate()
    assert warm.record.is_file()
    run = plan.runs[0]
    run.folder.mkdir(parents=True)
    # Room for one checkpoint of 26,000 parameters with their moments and average, not for two.
    size = "size=700k"
    if subprocess.run(["mount", "-t", "tmpfs", "-o", size, "tmpfs", run.folder]).returncode:
        pytest.skip("mounting a small tmpfs needs root")
    try:
        process = start(run.id, workplace)
        _, messages = process.communicate()
        assert process.returncode == 2
        assert "Traceback" not in messages
        assert "cannot be written, the disk or quota is full" in messages.splitlines()[-1]
        header, _ = load_checkpoint(run.folder / "checkpoint.bin", run.id)
        assert header.step > 0
        assert warm.record.is_file()
    finally:
        subprocess.run(["umount", run.folder], check=True)
