"""Cells with an adversary are scored beside the same cells without one."""

from pathlib import Path
from typing import Any

import pandas as pd
import pytest
import torch
from safetensors.torch import load_file

from asymmetry.assessment.engine import assess_runs
from asymmetry.assessment.images import all_images, reference_and_low
from asymmetry.assessment.stage import AssessmentStage, SnapshotStage
from asymmetry.generators.build import build_generator
from asymmetry.imaging.colour import studio_y
from asymmetry.metrics.artifacts_ldl import artifact_map
from asymmetry.planning.plan import Plan, Run
from asymmetry.study import parse_study
from tests.assessment.test_engine import keep
from tests.trained import photo, train

OUTPUT = Path("scores.parquet")
BESIDE = ["artifacts_added", "artifacts_removed"]


def plan_of(values: dict[str, Any], beside: bool = True) -> Plan:
    evaluation = {"sets": {"test": "set"}, "metrics": ["gmsd"], "artifacts_beside": beside}
    changed = {"photos": {"source": "photos"}, "evaluation": evaluation}
    return Plan(parse_study(values | changed, "test"))


@pytest.fixture
def plan(workplace: Path, study_values: dict[str, Any]) -> Plan:
    """Without an adversary the first run, with one the others; none is trained yet."""
    for folder, seeds in {"photos": range(4), "set": (7, 8)}.items():
        (workplace / folder).mkdir()
        for seed in seeds:
            photo(seed, 70).save(workplace / folder / f"p{seed}.png")
    study_values["training"]["snapshots"] = [0.25, 0.5]
    return plan_of(study_values)


def assess(plan: Plan, *names: str, table: str = "scores") -> pd.DataFrame:
    assess_runs(plan.study, plan, names, OUTPUT, table)
    return pd.read_parquet(OUTPUT)


def expected(plan: Plan, run: Run, file: str = "generator") -> list[float]:
    """What `run` adds to each image beside the first run, and what it removes, from the pixels."""
    found = []
    for image in all_images(plan.study, plan.photos):
        reference, low = reference_and_low(image, plan.study.tasks["bicubic-x4"])
        planes = []
        for one in (run, plan.runs[0]):
            network = build_generator(one.cell.generator, 4, seed=0).eval()
            network.load_state_dict(load_file(one.folder / f"{file}.safetensors"))
            planes.append(network(low).clamp(0, 1))
        rounded = [(image.double() * 255).round() / 255 for image in (*planes, reference)]
        own, stable, wanted = (studio_y(image)[..., 4:-4, 4:-4] for image in rounded)
        maps = artifact_map(own, wanted, stable), artifact_map(stable, wanted, own)
        found += [float(one.mean()) for one in maps]
    return found


def beside(table: pd.DataFrame, run: str) -> list[float]:
    return table[(table["run"] == run) & table["metric"].isin(BESIDE)]["value"].tolist()


@torch.no_grad()
def test_the_numbers_are_those_of_both_outputs(plan: Plan):
    ids = [train(plan, index) for index in range(3)]
    together = assess(plan, "bicubic-x4/bicubic", *ids)
    rows = together[together["metric"].isin(BESIDE)]
    assert rows["run"].unique().tolist() == ids[1:]
    assert set(rows["status"]) == {"ok"}
    for index, name in enumerate(ids[1:], 1):
        wanted = expected(plan, plan.runs[index])
        assert beside(together, name) == pytest.approx(wanted, rel=1e-4)
        assert min(wanted) > 0
        # From the scores beside the run, and alone.
        assert beside(assess(plan, name), name) == beside(together, name)


@torch.no_grad()
def test_a_snapshot_is_beside_that_of_the_same_step(plan: Plan):
    for index in (0, 1):
        train(plan, index)
        for step in plan.runs[index].snapshots:
            keep(plan.runs[index], step, seed=10 * index + step)
    table = assess(plan, *plan.runs[1].snapshot_ids, table="trajectories")
    for step in plan.runs[1].snapshots:
        own = table[table["step"] == step]
        wanted = expected(plan, plan.runs[1], f"generator-{step}")
        assert beside(own, plan.runs[1].id) == pytest.approx(wanted, rel=1e-4)


def test_beside_a_run_that_diverged_there_is_nothing(plan: Plan):
    train(plan, 0, status="diverged")
    table = assess(plan, train(plan, 1))
    assert table["metric"].unique().tolist() == ["gmsd"]


def test_of_a_run_that_diverged_it_is_a_row_without_a_value(plan: Plan):
    train(plan, 0)
    table = assess(plan, train(plan, 1, status="diverged"))
    assert table["metric"].unique().tolist() == ["gmsd", *BESIDE]
    assert set(table["status"]) == {"diverged"}


def test_a_part_waits_for_what_its_runs_are_beside(plan: Plan, study_values: dict[str, Any]):
    """And is another part beside another run; without the measure all is as it was."""
    control, game = plan.runs[0], plan.runs[1]
    study_values["execution"]["runs_per_job"] = 1
    for stage_of in (AssessmentStage, SnapshotStage):
        waits = {
            on: next(
                stage.reads(part)
                for part in stage.parts
                if part.runs[0].partition("@")[0] == game.id
            )
            for on in (False, True)
            for stage in [stage_of(plan_of(study_values, on))]
        }
        assert waits == {False: [game.record], True: [game.record, control.record]}
    keys = [AssessmentStage(plan_of(study_values, on)).key for on in (False, True)]
    assert keys[0] != keys[1]
