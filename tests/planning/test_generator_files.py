"""Generators from files: what a plan says of them, and refuses before anything trains."""

from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
import torch

from asymmetry.core.errors import UserError
from asymmetry.core.files import sha256_of
from asymmetry.generators.registry import build_generator
from asymmetry.planning import generator_files
from asymmetry.planning.plan import Plan
from asymmetry.planning.preflight import check
from asymmetry.study import parse_study
from tests.conftest import small_values
from tests.generators.networks import write_network

Planned = Callable[..., Plan]
FILE = Path("x.pth")


@pytest.fixture
def planned(workplace: Path) -> Planned:
    """Plans a study whose generator `mine` begins from x.pth."""
    write_network("Compact", workplace).rename(FILE)

    def plan(
        grid: dict[str, Any] | None = None,
        discriminator_warm_start: dict[str, Any] | None = None,
        **declared: Any,
    ) -> Plan:
        values = small_values()
        if discriminator_warm_start:
            values["discriminator_warm_start"] = discriminator_warm_start
        values["generators"] = {"mine": {"file": str(FILE)} | declared}
        values["grid"] |= {"generators": ["mine"]} | (grid or {})
        return Plan(parse_study(values, "params.yaml"))

    return plan


def refused(plan: Plan) -> list[str]:
    with pytest.raises(UserError) as caught:
        check(plan, here=False)
    return str(caught.value).splitlines()


def test_a_run_knows_the_file_by_its_bytes_wherever_they_lie(planned: Planned, workplace: Path):
    plan = planned()
    before = [run.id for run in plan.runs]
    assert plan.runs[0].settings["generator"] == {"sha256": sha256_of(FILE)}
    assert any(root.endswith("from_file:load_generator") for root in plan.runs[0].roots)
    write_network("Compact", workplace, seed=1).rename(FILE)
    changed = [run.id for run in planned().runs]
    assert not {*before} & {*changed}
    values = small_values()
    write_network("Compact", workplace).rename("moved.pth")
    values["generators"] = {"same": {"file": "moved.pth"}}
    values["grid"] |= {"generators": ["same"]}
    again = Plan(parse_study(values, "params.yaml")).runs
    assert [run.settings["generator"] for run in again] == [
        {"sha256": sha256_of(Path("moved.pth"))} for _ in again
    ]


def test_a_cell_begins_from_the_file_unless_a_warm_start_is_asked_for(planned: Planned):
    plan = planned({"generators": ["compact-tiny", "mine"]})
    begins = {run.cell.generator: run.warm_start for run in plan.runs}
    (warm,) = plan.warm_starts
    assert begins == {"compact-tiny": warm.id, "mine": None}
    mine = next(run for run in plan.runs if run.cell.generator == "mine")
    assert mine.reads == []


def test_a_warm_start_of_the_file_s_network(planned: Planned):
    plan = planned(warm_start=True)
    (warm,) = plan.warm_starts
    assert warm.cell.generator == "mine"
    assert warm.settings["generator"] == {"sha256": sha256_of(FILE)}
    assert {run.warm_start for run in plan.runs} == {warm.id}


def test_a_discriminator_may_first_face_the_file_s_network(planned: Planned):
    steps = {"steps": 8, "batch": 2, "crop": 32}
    plan = planned({"generators": ["compact-tiny", "mine"]}, discriminator_warm_start=steps)
    (warm,) = plan.warm_starts
    begins = {run.cell.generator: run.reads for run in plan.discriminator_warm_starts}
    assert begins == {"compact-tiny": [warm.record], "mine": []}
    mine = [run for run in plan.runs if run.cell.generator == "mine" and run.reads]
    starts = {run.id for run in plan.discriminator_warm_starts if run.cell.generator == "mine"}
    assert {start for run in mine for start in run.begins_from} == starts


def test_what_fits_is_looked_into_once(planned: Planned, monkeypatch: pytest.MonkeyPatch):
    check(planned(), here=False)
    monkeypatch.setattr("asymmetry.generators.examine.examine", None)
    assert generator_files.facts_of("mine").scale == 4


def test_another_scale_than_the_task_s_is_one_line(planned: Planned):
    values = small_values()
    values["tasks"]["x2"] = {"degradation": "bicubic", "scale": 2}
    values["generators"] = {"mine": {"file": str(FILE)}}
    values["grid"] |= {"generators": ["mine"], "tasks": ["bicubic-x4", "x2"]}
    (line,) = refused(Plan(parse_study(values, "params.yaml")))
    assert line == (
        "generators.mine: x.pth: is RealESRGAN Compact of scale 4, and the task 'x2' has 2; use a "
        "file of that scale, or leave the two apart by grid.exclude"
    )


def test_what_spandrel_does_not_know_is_one_line(planned: Planned):
    torch.save({"weight": torch.zeros(3)}, FILE)
    (line,) = refused(planned())
    assert line.startswith("generators.mine: x.pth: is no network that spandrel knows; use a")


def test_what_cannot_be_trained_is_one_line(planned: Planned, monkeypatch: pytest.MonkeyPatch):
    monkeypatch.setattr("asymmetry.generators.examine.draws_numbers", lambda *_: True)
    (line,) = refused(planned())
    assert line == (
        "generators.mine: x.pth: is RealESRGAN Compact, which draws random numbers in training, "
        "which a resumed training could not repeat; use another file"
    )


def test_a_missing_file_is_one_line_with_the_command_that_gets_a_published_one(planned: Planned):
    FILE.unlink()
    with pytest.raises(
        UserError, match=r"^generators\.mine: x\.pth: there is no such file; put it"
    ):
        _ = planned().runs
    assert len(refused(planned())) == 1
    values = small_values()
    values["generators"] = {"swinir": {"file": "w/001_classicalSR_DF2K_s64w8_SwinIR-M_x4.pth"}}
    values["grid"] |= {"generators": ["swinir"]}
    with pytest.raises(UserError, match="run `asymmetry weights get swinir_m_classical_x4`"):
        _ = Plan(parse_study(values, "params.yaml")).runs


def test_other_bytes_than_the_study_says_are_one_line(planned: Planned):
    assert planned(sha256=sha256_of(FILE)).runs
    torch.save({}, FILE)
    values = small_values()
    values["generators"] = {"other": {"file": str(FILE), "sha256": "0" * 64}}
    values["grid"] |= {"generators": ["other"]}
    with pytest.raises(
        UserError, match=r"^generators\.other: x\.pth: has other bytes than the study"
    ):
        _ = Plan(parse_study(values, "params.yaml")).runs


def test_a_file_that_changes_between_the_plan_and_the_training_is_refused(
    planned: Planned, workplace: Path
):
    _ = planned().runs
    assert build_generator("mine", 4, seed=0).scale == 4
    write_network("Compact", workplace, seed=1).rename(FILE)
    with pytest.raises(UserError, match=r"x\.pth: has changed since the study was planned"):
        build_generator("mine", 4, seed=0)


@pytest.mark.parametrize(
    ("section", "line"),
    [
        ({"compact": {"file": "x.pth"}}, "generators: 'compact' is another generator already"),
        ({"mine": {"files": "x.pth"}}, "generators.mine: 'files' is not a known key; did you mean"),
        ({"mine": {"file": "x", "sha256": "ab"}}, "generators.mine.sha256: string should match"),
        ({"mine": {}}, "generators.mine.file: is missing; add it"),
    ],
)
def test_a_wrong_section_is_one_line(section: dict[str, Any], line: str):
    with pytest.raises(UserError) as caught:
        parse_study(small_values() | {"generators": section}, "params.yaml")
    (found,) = str(caught.value).splitlines()
    assert line in found


def test_a_name_near_one_of_the_study_s_is_suggested(planned: Planned):
    with pytest.raises(UserError, match=r"'mein' is not a known generator; did you mean 'mine'"):
        planned({"generators": ["mein"]})
