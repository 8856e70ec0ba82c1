"""Trackers that are heavy to install, each read back by its own means where it is there."""

import json
from collections.abc import Callable
from importlib.util import find_spec
from pathlib import Path
from typing import Any

import pytest

from asymmetry.monitor.follower import Followed
from tests.monitor.logged import CONFIG, write_log

RUNS = ["x4/l1/seed0-01234567", "x4/mse/seed0-89abcdef"]
Read = dict[str, tuple[dict[str, Any], list[int]]]


def read_mlflow() -> Read:
    from mlflow.tracking import MlflowClient

    client = MlflowClient("sqlite:///tracking/mlflow/mlflow.db")
    (experiment,) = client.search_experiments(filter_string="name = 'asymmetry'")
    found = client.search_runs([experiment.experiment_id])
    assert {run.info.status for run in found} == {"FINISHED"}
    return {
        run.info.run_name: (
            run.data.params,
            [one.step for one in client.get_metric_history(run.info.run_id, "pixel")],
        )
        for run in found
    }


def read_trackio() -> Read:
    import sqlite3

    with sqlite3.connect("tracking/trackio/asymmetry.db") as opened:
        rows = opened.execute("select run_name, step from metrics order by id").fetchall()
        configs = dict(opened.execute("select run_name, config from configs").fetchall())
    return {
        name: (json.loads(config), [step for run, step in rows if run == name])
        for name, config in configs.items()
    }


def read_wandb() -> Read:
    """The offline files: blocks of 32 KiB with records of LevelDB's log format."""
    from wandb.proto.wandb_internal_pb2 import Record

    found: Read = {}
    for path in sorted(Path("tracking/wandb/wandb").glob("offline-run-*/*.wandb")):
        name, config, steps = "", {}, []
        for content in records(path.read_bytes()):
            record = Record.FromString(content)
            if record.HasField("run"):
                name = record.run.display_name
                config = {one.key: json.loads(one.value_json) for one in record.run.config.update}
            if record.HasField("history"):
                steps.append(record.history.step.num)
        found[name] = (config, found.get(name, ({}, []))[1] + steps)
    return found


def records(content: bytes) -> list[bytes]:
    at, part, whole = 7, b"", []
    while at + 7 <= len(content):
        if (left := 32768 - at % 32768) < 7:
            at += left
            continue
        length, kind = int.from_bytes(content[at + 4 : at + 6], "little"), content[at + 6]
        part = (part if kind in (3, 4) else b"") + content[at + 7 : at + 7 + length]
        at += 7 + length
        if kind in (1, 4):
            whole.append(part)
    return whole


@pytest.mark.slow
@pytest.mark.parametrize(
    ("tracker", "read"), [("mlflow", read_mlflow), ("trackio", read_trackio), ("wandb", read_wandb)]
)
def test_two_runs_are_continued_without_double_points(
    tracker: str, read: Callable[[], Read], workplace: Path, monkeypatch: pytest.MonkeyPatch
):
    if find_spec(tracker) is None:
        pytest.skip(f"{tracker} is not installed: an extra of the package")
    for name in ("WANDB_API_KEY", "WANDB_MODE", "MLFLOW_TRACKING_URI", "TRACKIO_SPACE_ID"):
        monkeypatch.delenv(name, raising=False)
    monkeypatch.setenv("HOME", str(workplace))  # no key of whoever runs this
    for logs in (([1, 2, 4], [1, 2]), ([1, 2], [1, 2]), ([1, 2, 4, 6], [1, 2, 4])):
        runs = [Followed(tracker, name, Path("runs") / name, CONFIG) for name in RUNS]
        for run, steps in zip(runs, logs, strict=True):
            write_log(run.folder, steps)
            run.look()
        for run in runs:
            run.close()
    found = read()
    assert {name: steps for name, (_, steps) in found.items()} == {
        RUNS[0]: [1, 2, 4, 6],
        RUNS[1]: [1, 2, 4],
    }
    for config, _ in found.values():
        assert {name: str(config[name]) for name in CONFIG} == {
            name: str(value) for name, value in CONFIG.items()
        }
