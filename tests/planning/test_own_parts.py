"""The code of the user's own parts is in the ids of the runs that use them, and of no others."""

import shutil
from pathlib import Path
from textwrap import dedent
from typing import Any

import pytest

from asymmetry.assessment.stage import AssessmentStage
from asymmetry.core.errors import UserError
from asymmetry.fidelity.registry import code_of
from asymmetry.planning.identity import closure, code_digest
from asymmetry.planning.identity.code import Code
from asymmetry.planning.plan import Plan
from asymmetry.planning.preflight import check
from asymmetry.study import parse_study
from tests.core.test_own_parts import enter
from tests.own_project import BACKBONE, EVERY, LOSS, METRIC, process_of_its_own, write_parts
from tests.planning.identity.tree import SOURCE

OWN_LOSS, OWN_TRUNK = "edges", "mine"


def values(small: dict[str, Any]) -> dict[str, Any]:
    """The study with every own part in it."""
    grid = {"fidelity": ["l1", OWN_LOSS], "discriminators": ["vgg-patch", OWN_TRUNK]}
    small["grid"] |= grid | {"adversarial_weights": [0, 0.1]}
    small["discriminators"][OWN_TRUNK] = {"backbone": "halving", "head": "vanilla"}
    small["evaluation"]["metrics"] = ["gmsd", "worst"]
    return small


def plan_of(small: dict[str, Any]) -> Plan:
    return Plan(parse_study(values(small), "params.yaml"))


def ids(small: dict[str, Any], changes: dict[str, str]) -> dict[str, str]:
    """The id of each cell by its name, and the key of the assessment, after these changes."""
    with process_of_its_own():
        write_parts(EVERY | changes)
        plan = plan_of(small)
        return {run.cell.name: run.id for run in plan.runs} | {"key": AssessmentStage(plan).key}


@pytest.mark.parametrize(
    ("changes", "touched"),
    [
        ({"fidelity/edges": LOSS.replace("dim=3", "dim=2")}, {OWN_LOSS}),
        ({"backbones/halving": BACKBONE.replace("Conv2d(3, 4, 3", "Conv2d(3, 4, 5")}, {OWN_TRUNK}),
        ({"backbones/halving": BACKBONE.replace("(4, 4)}}", "(4, 4)}, 'a': 1}")}, {OWN_TRUNK}),
        ({"metrics/worst": METRIC.replace(".abs()", ".square()")}, {"key"}),
        ({"metrics/worst": METRIC.replace('"y"', '"rgb"')}, {"key"}),
        ({"fidelity/edges": LOSS.replace("def build", "# why\n\n    def build")}, set()),
        ({"fidelity/other": LOSS, "tools": "x = 1"}, set()),
        ({"figures/nothing": EVERY["figures/nothing"].replace("Nothing", "Something")}, set()),
    ],
)
def test_a_change_changes_the_ids_that_use_it(
    study_values: dict[str, Any], workplace: Path, changes: dict[str, str], touched: set[str]
):
    before, after = ids(study_values, {}), ids(study_values, changes)
    changed = {name for name in before if before[name] != after[name]}
    assert changed == {name for name in before if touched & {*name.split("/")}}
    assert bool(changed) == bool(touched)


def test_helpers_of_a_part_are_followed(study_values: dict[str, Any], workplace: Path):
    helped = LOSS.replace("diff(dim=3)", "diff(dim=AXIS)")
    helped = "    from ._common import AXIS\n" + helped
    found = [
        ids(study_values, {"fidelity/edges": helped, "fidelity/_common": text})
        for text in ("AXIS = 3\nOTHER = 1", "AXIS = 2\nOTHER = 1", "AXIS = 3\nOTHER = 2")
    ]
    assert found[0] == found[2]
    changed = {name for name in found[0] if found[0][name] != found[1][name]}
    assert changed == {name for name in found[0] if OWN_LOSS in name.split("/")}


def test_parts_that_are_beside_change_no_id(study_values: dict[str, Any], workplace: Path):
    def small() -> list[str]:
        with process_of_its_own():
            return [run.id for run in Plan(parse_study(study_values, "params.yaml")).runs]

    before = small()
    write_parts(EVERY)
    assert small() == before


def test_a_part_that_moves_into_the_package_keeps_its_digest(workplace: Path):
    with process_of_its_own():
        write_parts({"fidelity/edges": LOSS})
        shutil.copytree(SOURCE, "asymmetry", ignore=shutil.ignore_patterns("__pycache__"))
        shutil.copy("parts/fidelity/edges.py", "asymmetry/fidelity/edges.py")
        own = Code(Path("asymmetry").resolve(), {"parts": Path("parts").resolve()})
        moved = own.digest(["asymmetry.fidelity.edges:build"])
        assert own.digest(["parts.fidelity.edges:build"]) == moved


def test_code_of_an_installed_package_is_followed(
    study_values: dict[str, Any], workplace: Path, monkeypatch: pytest.MonkeyPatch
):
    site = workplace / "site"
    enter(site, {"sharp": "my_losses.sharp", "flat": "my_flat"})
    sharp = "from my_losses.tools import one\n" + dedent(LOSS).replace("dim=3", "dim=one")
    write_parts({"my_losses/sharp": sharp, "my_losses/tools": "one = 1"}, site)
    write_parts({"my_flat": LOSS}, site)
    monkeypatch.syspath_prepend(site)

    def digests() -> list[str]:
        with process_of_its_own():
            parse_study(study_values, "params.yaml")
            return [code_digest(code_of(name)) for name in ("sharp", "flat")]

    before = digests()
    write_parts({"my_losses/tools": "one = 2"}, site)
    after = digests()
    assert before[0] != after[0]
    assert before[1] == after[1]


def test_what_a_run_reaches_names_the_part(study_values: dict[str, Any], workplace: Path):
    with process_of_its_own():
        write_parts(EVERY)
        plan_of(study_values)
        assert "parts.fidelity.edges" in closure(code_of("edges"))


BY_NAME = "    from asymmetry.fidelity.registry import build_fidelity as b\n" + LOSS.replace(
    "return edges", "return b('l1', _weights)"
)
ON_TRUNK = "    from asymmetry.backbones.registry import build_backbone\n" + LOSS.replace(
    "return edges", "return build_backbone('vgg16', weights=_weights)"
)


@pytest.mark.parametrize(
    ("changes", "said"),
    [
        (
            {"fidelity/edges": "    import nowhere_at_all\n" + LOSS},
            "parts/fidelity/edges.py, line 1: cannot be imported: ModuleNotFoundError: No module "
            "named 'nowhere_at_all'",
        ),
        (
            {"metrics/worst": METRIC + "\n    worst = 1\n"},
            "parts/metrics/worst.py: `worst` is no function; make it one",
        ),
        (
            {"backbones/halving": BACKBONE + "\n    halving.nothing.at_all()\n"},
            "parts/backbones/halving.py, line 13: cannot be imported: AttributeError",
        ),
        (
            {"figures/nothing": EVERY["figures/nothing"] + "\n    1 / 0\n"},
            "parts/figures/nothing.py, line 16: cannot be imported: ZeroDivisionError",
        ),
        ({"fidelity/edges": BY_NAME}, "parts/fidelity/edges.py: builds a loss by its name"),
        ({"fidelity/edges": ON_TRUNK}, "parts/fidelity/edges.py: builds a backbone that the ids"),
    ],
)
def test_a_broken_part_is_a_line_before_anything_runs(
    study_values: dict[str, Any], workplace: Path, changes: dict[str, str], said: str
):
    with process_of_its_own():
        write_parts(EVERY | changes)
        plan = plan_of(study_values)
        with pytest.raises(UserError) as caught:
            check(plan, here=True)
        (line,) = str(caught.value).splitlines()
        assert line.startswith(said)


def test_a_broken_part_that_the_study_does_not_name_is_not_imported(
    study_values: dict[str, Any], workplace: Path
):
    with process_of_its_own():
        write_parts({"fidelity/edges": "    import nowhere_at_all\n" + LOSS})
        check(Plan(parse_study(study_values, "params.yaml")), here=True)


def test_whole_parts_pass(study_values: dict[str, Any], workplace: Path):
    with process_of_its_own():
        write_parts(EVERY)
        check(plan_of(study_values), here=True)
