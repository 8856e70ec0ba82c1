from typing import Any

import pytest
import yaml

from asymmetry.report.settings import differences
from asymmetry.study import parse_study, read_study
from tests.conftest import ROOT


def changed(values: dict[str, Any]) -> dict[str, tuple[str, str | None]]:
    return {one.key: (one.value, one.default) for one in differences(parse_study(values, "test"))}


def put(values: dict[str, Any], key: str, value: Any) -> None:
    *sections, last = key.split(".")
    for section in sections:
        values = values.setdefault(section, {})
    values[last] = value


@pytest.mark.parametrize(
    ("key", "value", "words"),
    [
        ("training.ema", 0.5, ("0.5", "0.99")),
        ("training.schedule.factor", 0.1, ("0.1", "0.5")),
        ("tasks.blind-x4.jpeg", [10, 20], ("[10, 20]", "[60, 95]")),
        ("evaluation.pictures.images", 0, ("0", "25")),
        ("evaluation.sets", {"own": "data/own"}, ("{own: data/own}", "{held-out: photos}")),
        ("execution.resources.transfer.gpu", 1, ("1", "0")),
        ("execution.minutes", 5.0, ("5.0", "null")),
        ("grid.fidelity", ["mse"], ("[mse]", None)),
    ],
)
def test_a_changed_setting_is_listed_with_its_default(study_values, key, value, words):
    before = changed(study_values)
    put(study_values, key, value)
    after = changed(study_values)
    assert after[key] == words
    assert {name for name in after if after[name] != before.get(name)} == {key}


def test_a_setting_that_is_written_but_the_default_is_not_listed(study_values):
    before = changed(study_values)
    put(study_values, "training.ema", 0.99)
    assert changed(study_values) == before


@pytest.mark.parametrize("name", ["params.yaml", "studies/bench.yaml", "studies/paper.yaml"])
def test_the_differences_are_enough_to_make_the_study(name: str):
    study = read_study(ROOT / name)
    values: dict[str, Any] = {}
    for one in differences(study):
        put(values, one.key, yaml.safe_load(one.value))
    assert parse_study(values, "again") == study
