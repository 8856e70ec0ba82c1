import fcntl
from pathlib import Path

from asymmetry.artifacts.prune import remove, unnamed_runs
from asymmetry.pipeline.stages import Stages
from tests.artifacts.conftest import MakeStages, finish


def test_runs_of_no_study_are_listed_and_removed(stages: Stages, make_stages: MakeStages):
    other = make_stages(lambda values: values["grid"].update(seeds=[7]))
    for run in other.plan.by_id.values():
        finish(run)
    assert unnamed_runs([stages.plan, other.plan]) == []
    found = unnamed_runs([stages.plan])
    assert {one.path for one in found} == {run.folder for run in other.plan.by_id.values()}
    run = other.plan.runs[0]
    (size,) = [one.size for one in found if one.path == run.folder]
    assert size == sum(file.stat().st_size for file in run.folder.iterdir())
    assert all(remove(one) for one in found)
    assert unnamed_runs([stages.plan]) == []
    assert all(run.record.is_file() for run in stages.plan.by_id.values())


def test_the_emptied_folders_above_go_too(make_stages: MakeStages):
    stages = make_stages()
    folder = finish(stages.plan.runs[0], Path("runs/a/b/seed0-01234567"))
    (Path("runs/a") / "mine.txt").touch()
    (one,) = unnamed_runs([stages.plan])
    assert one.path == folder
    assert remove(one)
    assert sorted(Path("runs").rglob("*")) == [Path("runs/a"), Path("runs/a/mine.txt")]


def test_a_run_that_is_trained_is_kept(make_stages: MakeStages):
    stages = make_stages()
    folder = finish(stages.plan.runs[0], Path("runs/a/seed0-01234567"))
    with (folder / "lock").open("a") as lock:
        fcntl.flock(lock.fileno(), fcntl.LOCK_EX)
        (one,) = unnamed_runs([stages.plan])
        assert one.in_use
        assert not remove(one)
    assert (folder / "run.json").is_file()
    assert remove(one)
