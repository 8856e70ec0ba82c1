import csv
import json
import shutil
from collections.abc import Callable, Iterator
from contextlib import chdir
from dataclasses import dataclass
from pathlib import Path

import pytest
import torch

from asymmetry.artifacts.rekey import rekey
from asymmetry.planning.plan import Plan
from asymmetry.study import parse_study
from asymmetry.training.job import train
from asymmetry.training.state import State
from asymmetry.training.state_digests import STATE_DIGESTS
from tests.conftest import small_values


@dataclass
class Trained:
    """A warm start and two cells trained by one code, and the same study planned by another."""

    before: Plan
    after: Plan

    @property
    def old(self) -> list[Path]:
        return [run.folder for run in self.before.by_id.values()]


def planned() -> Plan:
    values = small_values()
    values["grid"] |= {"discriminators": ["vgg-patch"], "adversarial_weights": [0, 0.1]}
    values["execution"]["log_every"] = 4
    return Plan(parse_study(values, "params.yaml"))


@pytest.fixture(scope="module")
def workplace_of_before(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Where the runs were trained."""
    folder = tmp_path_factory.mktemp("before")
    with chdir(folder):
        plan = planned()
        for run in plan.by_id:
            assert train(plan, run) == 0
    return folder


@pytest.fixture
def trained(workplace: Path, workplace_of_before: Path, monkeypatch: pytest.MonkeyPatch) -> Trained:
    shutil.copytree(workplace_of_before, workplace, dirs_exist_ok=True)
    before, after = planned(), planned()
    assert all(run.record.is_file() for run in before.by_id.values())
    monkeypatch.setattr("asymmetry.planning.run_settings.code_digest", lambda roots: "another code")
    assert not before.by_id.keys() & after.by_id.keys()
    return Trained(before, after)


def test_the_same_bytes_are_taken_over(trained: Trained):
    taken, refused = rekey(trained.after, 8)
    assert refused == []
    assert taken == [*trained.after.by_id.values()]
    for before, run in zip(trained.before.by_id.values(), taken, strict=True):
        old, new = (json.loads(one.record.read_text()) for one in (before, run))
        assert (new["id"], new["settings"]) == (run.id, json.loads(json.dumps(run.settings)))
        assert new["adopted"]["from"] == before.id
        assert new["adopted"]["replayed_steps"] == 8
        assert new["outputs"] == old["outputs"]
        for name in old["outputs"]:
            assert (run.folder / name).read_bytes() == (before.folder / name).read_bytes()
        assert (run.folder / "finished.json").read_bytes() == run.record.read_bytes()
        assert train(trained.after, run.id) == 0


def test_taken_over_once_there_is_nothing_to_do(trained: Trained):
    rekey(trained.after, 8)
    assert rekey(trained.after, 8) == ([], [])


def test_more_steps_than_there_are_replay_all(trained: Trained):
    (first, *_), refused = rekey(trained.after, 1000)
    assert refused == []
    assert json.loads(first.record.read_text())["adopted"]["replayed_steps"] == 20


def test_an_average_that_no_log_shows_is_found(trained: Trained, monkeypatch: pytest.MonkeyPatch):
    def halved(self: State, decay: float) -> None:
        with torch.no_grad():
            for mean, new in zip(
                self.average.parameters(), self.generator.parameters(), strict=True
            ):
                mean.lerp_(new, (1 - decay) / 2)

    monkeypatch.setattr(State, "update_average", halved)
    taken, refused = rekey(trained.after, 8)
    assert taken == []
    warm = trained.before.warm_starts[0].folder
    assert refused[0] == f"{warm / STATE_DIGESTS}: the replay has another state at step 4"
    assert all("its warm start" in line for line in refused[1:])
    assert all((folder / "run.json").is_file() for folder in trained.old)


def log_of(folder: Path) -> Iterator[list[str]]:
    """The rows of a log, which may be changed."""
    rows = list(csv.reader((folder / "log.csv").read_text().splitlines()))
    yield from rows
    (folder / "log.csv").write_text("\n".join(",".join(row) for row in rows) + "\n")


def test_a_last_bit_in_a_logged_value_counts(trained: Trained):
    warm = trained.before.warm_starts[0].folder
    for row in log_of(warm):
        if row[0] == "8.0":
            value = float(row[1])
            row[1] = repr(value * (1 + 2**-52))
    taken, refused = rekey(trained.after, 8)
    assert taken == []
    assert f"{warm / 'log.csv'}: pixel at step 8 is " in refused[0]
    # A replay that ends before that row does not see it.
    assert len(rekey(trained.after, 4)[0]) == 3


@pytest.mark.parametrize(
    ("spoil", "steps", "reason"),
    [
        (lambda warm: None, 3, "is of step 4, beyond the replay; use --replay 4 or more"),
        (
            lambda warm: (warm / STATE_DIGESTS).unlink(),
            8,
            "state_digests.json: is missing or damaged",
        ),
        (
            lambda warm: (warm / STATE_DIGESTS).write_text("{}"),
            8,
            "state_digests.json: is missing or damaged",
        ),
        (lambda warm: (warm / "log.csv").unlink(), 8, "log.csv: has no row up to step 8"),
        (lambda warm: (warm / "log.csv").write_text("step\nx\n"), 8, "log.csv: is damaged"),
        (
            lambda warm: (warm / "generator.safetensors").write_bytes(b"x"),
            8,
            "its sha256 is not the one that run.json records",
        ),
    ],
)
def test_without_evidence_nothing_is_taken(
    trained: Trained, spoil: Callable[[Path], object], steps: int, reason: str
):
    spoil(trained.before.warm_starts[0].folder)
    taken, refused = rekey(trained.after, steps)
    assert taken == []
    assert len(refused) == 3
    assert reason in refused[0]
    assert not [line for line in refused if "\n" in line]


def test_another_setting_is_not_a_candidate(trained: Trained):
    values = small_values()
    values["warm_start"]["steps"] = 19
    assert rekey(Plan(parse_study(values, "params.yaml")), 8) == ([], [])


@pytest.mark.parametrize(("former", "taken"), [(None, 3), (0.1, 1)])
def test_a_setting_that_went_with_the_code_counts_where_it_was_used(
    trained: Trained, former: object, taken: int
):
    """Of the three, the two cells have `training`'s own settings."""
    for run in trained.before.runs:
        record = json.loads(run.record.read_text())
        del record["settings"]["training"]["snapshots"]
        record["settings"]["training"]["pilot"] = former
        run.record.write_text(json.dumps(record))
    assert len(rekey(trained.after, 8)[0]) == taken


@pytest.mark.parametrize(
    ("field", "value", "taken"),
    [("builder", "asymmetry.backbones.convolutional:vgg", 3), ("mean", [0.4, 0.5, 0.5], 2)],
)
def test_another_builder_is_other_code_and_another_mean_is_not(
    trained: Trained, field: str, value: object, taken: int
):
    """Before builders counted by what they are, runs recorded where they lay."""
    for run in trained.before.runs:
        record = json.loads(run.record.read_text())
        if backbones := record["settings"]["backbones"]:
            backbones["vgg-small"][field] = value
            run.record.write_text(json.dumps(record))
    assert len(rekey(trained.after, 8)[0]) == taken
