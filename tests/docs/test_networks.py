"""The examples of docs/networks.md, planned and trained with tiny networks in their places."""

import re
from pathlib import Path
from typing import Any

import torch
import yaml
from safetensors.torch import save_file

from asymmetry.planning.plan import Plan
from asymmetry.planning.preflight import check
from asymmetry.study import parse_study
from asymmetry.training.job import train
from tests.conftest import ROOT, small_values
from tests.generators.networks import write_network

# isort: split
import timm

PAGE = (ROOT / "docs/networks.md").read_text("utf-8")
NAMED, TINY = "convnext_nano.in12k_ft_in1k", "test_convnext.r160_in1k"


def study(text: str) -> dict[str, Any]:
    """The small study with the examples of the page."""
    values = small_values()
    for block in re.findall(r"```yaml\n(.*?)```", text, re.DOTALL):
        for section, entries in yaml.safe_load(block).items():
            values[section] = values.get(section, {}) | entries
    values["warm_start"]["steps"] = values["training"]["steps"] = 1
    return values


def test_the_examples_run(workplace: Path):
    plan = Plan(parse_study(study(PAGE.replace(NAMED, TINY)), "params.yaml"))
    file = Path(plan.study.generators["swinir-df2k"].file)
    file.parent.mkdir(parents=True)
    write_network("Compact", workplace).rename(file)
    weights = workplace / f"data/weights/timm/{TINY}.safetensors"
    weights.parent.mkdir()
    with torch.random.fork_rng(devices=[]):
        save_file(timm.create_model(TINY, pretrained=False).state_dict(), weights)
    plan = Plan(parse_study(study(PAGE.replace(NAMED, TINY)), "params.yaml"))
    check(plan, here=False)
    assert plan.warm_starts == []
    assert {run.cell.generator for run in plan.runs} == {"swinir-df2k"}
    assert train(plan, plan.runs[-1].id) == 0


def test_its_names_are_known():
    assert parse_study(study(PAGE), "params.yaml").backbones["nano"].timm == NAMED
