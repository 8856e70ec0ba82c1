import json
import shutil
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from asymmetry.artifacts.adopt import adopt
from asymmetry.core.errors import UserError
from asymmetry.pipeline.stages import Stages
from tests.artifacts.conftest import MakeStages, finish, flip


def test_what_matches_is_taken_over(stages: Stages):
    found = adopt(stages, None, None)
    assert found.refused == []
    assert found.lines[0] == "runs: 6 of 6 verified, 0 to train"
    assert found.lines[1].endswith("; to make again: nothing")


def test_a_flipped_bit_is_named_and_only_that_run_moves_aside(stages: Stages):
    run = stages.plan.runs[2]
    flip(run.folder / "generator.safetensors")
    found = adopt(stages, None, None)
    assert found.refused == [
        f"{run.folder}/generator.safetensors: its sha256 is not the one that run.json records"
    ]
    assert found.lines[0] == "runs: 5 of 6 verified, 1 to train"
    assert [one for one in stages.plan.by_id.values() if not one.folder.exists()] == [run]
    moved = Path("runs/.refused") / f"{run.id}-1"
    assert {file.name for file in moved.iterdir()} >= {"run.json", "generator.safetensors"}


def test_refused_twice_both_are_kept(stages: Stages):
    run = stages.plan.runs[0]
    for _ in range(2):
        flip(run.folder / "generator.safetensors")
        adopt(stages, None, None)
        finish(run)
    assert [(Path("runs/.refused") / f"{run.id}-{n}").is_dir() for n in (1, 2)] == [True, True]


def _without(name: str) -> Callable[[dict[str, Any]], object]:
    return lambda record: record.pop(name)


@pytest.mark.parametrize(
    ("change", "reason"),
    [
        (
            lambda record: record["settings"]["training"].update(learning_rate=0.5),
            "training.learning_rate is 0.5, and the study says 0.0002",
        ),
        (lambda record: record.update(id="another"), "id is 'another', not"),
        (lambda record: record.update(status="running"), "status is 'running', not done or"),
        (lambda record: record["outputs"].clear(), "outputs lists nothing, not generator"),
        (
            lambda record: record["outputs"].update({"more.safetensors": "0"}),
            "more.safetensors: is missing, and run.json records it",
        ),
        (_without("settings"), "settings is missing or no dict"),
        (_without("outputs"), "outputs is missing or no dict"),
    ],
)
def test_the_differing_field_is_named(
    stages: Stages, change: Callable[[dict[str, Any]], object], reason: str
):
    run = stages.plan.runs[1]
    record = json.loads(run.record.read_text())
    change(record)
    run.record.write_text(json.dumps(record))
    (line,) = adopt(stages, None, None).refused
    assert line.startswith(str(run.folder))
    assert reason in line
    assert "\n" not in line


@pytest.mark.parametrize("content", ["", "{", "[]", "\x00"])
def test_a_damaged_record_is_refused(stages: Stages, content: str):
    run = stages.plan.runs[1]
    run.record.write_text(content)
    (line,) = adopt(stages, None, None).refused
    assert line.startswith(str(run.record))


@pytest.mark.parametrize(
    ("harm", "reason"),
    [
        (flip, "generator-6.safetensors: its sha256 is not the one that run.json records"),
        (Path.unlink, "generator-6.safetensors: is missing, and run.json records it"),
    ],
)
def test_a_snapshot_is_verified_as_other_models_are(
    make_stages: MakeStages, harm: Callable[[Path], object], reason: str
):
    stages = make_stages(lambda values: values["training"].update(snapshots=[0.25, 0.5]))
    for run in stages.plan.by_id.values():
        finish(run)
    assert adopt(stages, None, None, results=False).refused == []
    run = stages.plan.runs[1]
    harm(run.folder / "generator-6.safetensors")
    found = adopt(stages, None, None, results=False)
    assert found.refused == [f"{run.folder}/{reason}"]
    assert not run.folder.exists()
    moved = Path("runs/.refused") / f"{run.id}-1"
    assert (moved / "generator-3.safetensors").is_file()


def test_a_run_that_lacks_a_snapshot_is_refused(make_stages: MakeStages):
    stages = make_stages(lambda values: values["training"].update(snapshots=[0.5]))
    run = stages.plan.runs[0]
    finish(run)
    record = json.loads(run.record.read_text())
    del record["outputs"]["generator-6.safetensors"]
    run.record.write_text(json.dumps(record))
    (reason,) = adopt(stages, None, None, results=False).refused
    assert "outputs lists generator.safetensors, not generator.safetensors, gen" in reason


def test_a_begun_run_is_left_alone(stages: Stages):
    run = stages.plan.runs[0]
    run.record.unlink()
    (run.folder / "checkpoint.bin").write_bytes(b"half")
    found = adopt(stages, None, None)
    assert found.refused == []
    assert found.lines[0] == "runs: 5 of 6 verified, 1 to train"
    assert (run.folder / "checkpoint.bin").is_file()


def test_runs_come_home_from_another_machine(make_stages: MakeStages, tmp_path: Path):
    stages = make_stages()
    there = tmp_path / "elsewhere"
    good, bad, linked = stages.plan.runs[:3]
    for run in (good, bad, linked):
        finish(run, there / run.id)
    (there / good.id / "lock").touch()
    flip(there / bad.id / "generator.safetensors")
    model = there / linked.id / "generator.safetensors"
    model.rename(tmp_path / "cached")
    model.symlink_to(tmp_path / "cached")
    found = adopt(stages, there, None)
    assert found.refused == [
        f"{there / bad.id}/generator.safetensors: its sha256 is not the one that run.json records"
    ]
    assert found.lines[:2] == [f"{run.id}: copied from {there}" for run in (good, linked)]
    assert good.record.is_file()
    assert not (good.folder / "lock").exists()
    assert not (linked.folder / "generator.safetensors").is_symlink()
    assert not bad.folder.exists()
    assert (there / bad.id / "generator.safetensors").is_file()


def test_what_is_finished_here_is_not_copied(stages: Stages, tmp_path: Path):
    there = tmp_path / "elsewhere"
    shutil.copytree("runs", there)
    for file in there.rglob("generator.safetensors"):
        flip(file)
    assert adopt(stages, there, None).refused == []


def test_a_missing_source_is_a_line(stages: Stages):
    with pytest.raises(UserError, match=r"nowhere: there is no such folder of runs"):
        adopt(stages, Path("nowhere"), None)
