"""A grid trained in slices, by the commands of docs/cluster.md, is the grid."""

import re
from typing import Any

import pytest
import yaml

from asymmetry.planning.plan import Plan
from asymmetry.study import parse_study
from tests.conftest import ROOT, small_values


def slices() -> list[dict[str, Any]]:
    """What each command of the page gives to --config."""
    page = (ROOT / "docs/cluster.md").read_text("utf-8")
    found = re.findall(r"^snakemake train .*--config 'grid=(\{.*\})'$", page, re.MULTILINE)
    return [yaml.safe_load(text) for text in found]


def ids(grid: dict[str, Any]) -> set[str]:
    values = small_values()
    values["grid"] |= grid
    return {run.id for run in Plan(parse_study(values, "params.yaml")).trainings}


@pytest.mark.usefixtures("workplace")
def test_slices_have_the_ids_of_the_whole_and_none_twice():
    parts = [ids(grid) for grid in slices()]
    seeds = [seed for grid in slices() for seed in grid["seeds"]]
    assert len(parts) > 1
    assert set.union(*parts) == ids({"seeds": seeds})
    assert sum(map(len, parts)) == len(set.union(*parts))
