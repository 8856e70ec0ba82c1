"""What parts of the user's own say of themselves is read from their source, and checked."""

import re
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest
import torch

from asymmetry.backbones.catalog import BACKBONES, BackboneSpec
from asymmetry.core.errors import UserError
from asymmetry.fidelity.registry import (
    backbone_of,
    build_fidelity,
    code_of,
    fidelity_names,
    weights_of,
)
from asymmetry.metrics.contracts import JUDGES, METRICS, Contract
from asymmetry.planning.plan import Plan
from asymmetry.planning.preflight import check
from asymmetry.study import parse_study
from asymmetry.study.own_parts import define_own_parts
from tests.conftest import ROOT
from tests.own_project import BACKBONE, EVERY, LOSS, METRIC, process_of_its_own, write_parts


@pytest.fixture(autouse=True)
def _own_process(workplace: Path) -> Iterator[None]:
    with process_of_its_own():
        yield


def test_parts_are_entered_under_their_names():
    write_parts(EVERY)
    define_own_parts()
    contract = Contract("parts.metrics.worst:worst", "y", higher_is_better=False)
    assert METRICS["worst"] == JUDGES["worst"] == contract
    assert contract.convention == "parts, y, no crop, 8 bits, lower is better"
    spec = BackboneSpec("parts.backbones.halving:halving", {"stages": {"0": (4, 4)}})
    assert BACKBONES["halving"] == spec
    assert {"edges", "dists-halving-random", "style-halving-random"} <= set(fidelity_names())
    assert backbone_of("edges") is None
    assert backbone_of("dists-halving-random") == "halving-random"
    assert code_of("edges") == ["parts.fidelity.edges:build"]


def test_a_differentiable_metric_is_a_loss():
    write_parts({"metrics/worst": METRIC.replace("better=False", "better=False, differentiable=1")})
    define_own_parts()
    assert fidelity_names()["worst"] == ("toolbox", "worst")


def test_a_loss_says_which_backbone_it_is_on():
    on_vgg = LOSS.replace("def edges", 'BACKBONE = "vgg16"\n\n    def edges')
    write_parts({"fidelity/edges": on_vgg})
    define_own_parts()
    assert fidelity_names()["edges"] == ("parts.fidelity.edges", "vgg16")
    assert backbone_of("edges") == "vgg16"
    assert weights_of("edges") == {"vgg16"}
    assert code_of("edges") == ["parts.fidelity.edges:build", BACKBONES["vgg16"].builder]


def test_a_backbone_with_known_weights_is_a_metric_too():
    pretrained = BACKBONE.replace("(4, 4)}}", '(4, 4)}}, weights="vgg16"')
    write_parts({"backbones/halving": pretrained})
    define_own_parts()
    of_vgg = METRICS["dists-vgg16"]
    assert METRICS["dists-halving"] == replace(of_vgg, backbone="halving")
    assert {"dists-halving", "dists-halving-calibrated"} <= set(fidelity_names())


@pytest.mark.parametrize("family", ["dists", "style", "contextual"])
def test_losses_on_an_own_backbone_are_computed(family: str):
    write_parts({"backbones/halving": BACKBONE})
    define_own_parts()
    loss = build_fidelity(f"{family}-halving-random", Path())
    reference = torch.rand(1, 3, 16, 16, generator=torch.Generator().manual_seed(0))
    restored = reference.roll(3, dims=3).requires_grad_()
    value = loss(restored, reference)
    value.sum().backward()
    assert value.item() > loss(reference, reference).item()
    assert restored.grad is not None
    assert restored.grad.abs().sum() > 0


def test_a_study_may_name_them(study_values: dict[str, Any]):
    write_parts(EVERY)
    study_values["grid"]["fidelity"] = ["l1", "edges", "dists-halving-random"]
    study_values["discriminators"]["mine"] = {"backbone": "halving", "head": "vanilla"}
    study_values["evaluation"] |= {"metrics": ["gmsd", "worst"], "distortion": ["worst"]}
    parse_study(study_values, "params.yaml")


def test_the_loss_on_a_backbone_of_the_page(study_values: dict[str, Any]):
    """docs/own-parts.md: its ids hold the backbone, and its gradient reaches the images."""
    page = (ROOT / "docs/own-parts.md").read_text("utf-8")
    ((path, code),) = re.findall(r"`(parts/[\w./]+)`:\n\n```python\n(.*?)```", page, re.DOTALL)
    write_parts({path.removeprefix("parts/").removesuffix(".py"): code})
    study_values["grid"]["fidelity"] = ["near"]
    plan = Plan(parse_study(study_values, "params.yaml"))
    check(plan, here=True)
    assert list(plan.runs[0].settings["backbones"]) == ["vgg16-random"]
    restored = torch.full((2, 3, 16, 16), 0.5, requires_grad=True)
    near = build_fidelity("near", Path())
    near(restored, torch.zeros(2, 3, 16, 16)).sum().backward()
    assert near(restored, restored).tolist() == [0, 0]
    assert restored.grad is not None
    assert restored.grad.abs().sum() > 0


@pytest.mark.parametrize(
    ("files", "said"),
    [
        ({"metrics/l1": METRIC.replace("worst", "l1")}, "'l1' is a loss already"),
        ({"metrics/gmsd": METRIC}, "has a module 'gmsd'"),
        ({"metrics/psnr_y": METRIC.replace("worst", "psnr_y")}, "'psnr_y' is a loss already"),
        ({"metrics/musiq": METRIC.replace("worst", "musiq")}, "'musiq' is another metric already"),
        ({"fidelity/musiq": LOSS}, "'musiq' is a loss or metric already; rename the part"),
        ({"backbones/vgg16": BACKBONE.replace("halving", "vgg16")}, "'vgg16' is another backbone"),
        ({"metrics/worst": METRIC.replace("colour", "color")}, "did you mean 'colour'?"),
        (
            {"metrics/worst": METRIC.replace('"y"', '"Y"')},
            "CONTRACT: colour: input should be",
        ),
        ({"metrics/worst": METRIC.replace(', colour="y"', "")}, "CONTRACT: colour: "),
        (
            {"metrics/worst": METRIC.replace('"y"', "COLOUR")},
            "parts/metrics/worst.py, line 4: CONTRACT: is read without running the file",
        ),
        ({"metrics/worst": METRIC.replace("Contract(", "dict(")}, "CONTRACT: is no Contract(...)"),
        (
            {"metrics/worst": METRIC.replace("worst:worst", "other:worst")},
            "'parts.metrics.other:worst' is no function of this file; write 'parts.metrics.worst:",
        ),
        ({"metrics/worst": METRIC.replace("worst:worst", "worst:wurst")}, "is no function of this"),
        (
            {"metrics/worst": METRIC.replace("False)", 'False, weights="vgg61")')},
            "CONTRACT: 'vgg61' is not a known entry of the weights manifest; did you mean 'vgg16'?",
        ),
        (
            {"fidelity/edges": LOSS.replace("def edges", 'BACKBONE = "vgg61"\n\n    def edges')},
            "parts/fidelity/edges.py: BACKBONE: 'vgg61' is not a known backbone; did you mean",
        ),
        (
            {"fidelity/edges": LOSS.replace("def edges", 'BACKBONE = "unet"\n\n    def edges')},
            "BACKBONE: has random weights only; write 'unet-random'",
        ),
    ],
)
def test_a_mistake_is_a_line(files: dict[str, str], said: str):
    write_parts(files)
    with pytest.raises(UserError) as caught:
        define_own_parts()
    message = str(caught.value)
    assert message.startswith("parts/")
    assert said in message
    assert "\n" not in message


def test_where_a_part_is_not_there_a_line_says_so(study_values: dict[str, Any]):
    """As on a node of a cluster that lacks the folder or the package."""
    study_values["grid"]["fidelity"] = ["edges"]
    with pytest.raises(UserError) as caught:
        parse_study(study_values, "params.yaml")
    message, folder = str(caught.value), Path.cwd() / "parts/fidelity"
    assert message.startswith("params.yaml: grid.fidelity: 'edges' is not a known fidelity loss; ")
    assert f"Nor is it a part of your own, in {folder} or in a package" in message
    assert "\n" not in message
    assert len(message) < 400


def test_a_mistake_may_be_corrected_in_one_process():
    write_parts({"metrics/worst": METRIC.replace('"y"', '"Y"')})
    with pytest.raises(UserError):
        define_own_parts()
    write_parts({"metrics/worst": METRIC})
    define_own_parts()
    assert METRICS["worst"].colour == "y"
