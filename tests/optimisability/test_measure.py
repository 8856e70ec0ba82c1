from collections.abc import Callable
from pathlib import Path
from typing import Any

import pandas as pd
import pytest
import torch
from torch import Tensor

from asymmetry.core.errors import UserError
from asymmetry.optimisability import measure
from asymmetry.optimisability.measure import measure_optimisability, measure_part
from asymmetry.pipeline.stages import Stages
from asymmetry.planning.plan import Plan
from asymmetry.study import parse_study
from asymmetry.tables.schemas import COLUMNS
from tests.conftest import small_values

OUTPUT = Path("part.parquet")
STATISTICS = {"recovery_start", "recovery", "gradient_snr", *(f"spectrum_{n}" for n in range(8))}


def plan_with(**changes: Any) -> Plan:
    values = small_values()
    values["optimisability"] |= changes
    return Plan(parse_study(values, "params.yaml"))


def measured(plan: Plan, fidelity: str = "mse") -> pd.DataFrame:
    measure_optimisability(plan.study, plan, fidelity, OUTPUT)
    return pd.read_parquet(OUTPUT)


def of(table: pd.DataFrame, statistic: str) -> pd.Series:
    return table[table["statistic"] == statistic].set_index("image")["value"]


pytestmark = pytest.mark.usefixtures("workplace")


def test_the_table_has_every_statistic_of_every_image():
    plan = plan_with(images=2, initialisations=["jpeg", "white"], steps=30, learning_rate=0.02)
    table = measured(plan)
    assert list(table) == COLUMNS["optimisability"]
    assert set(table["statistic"]) == STATISTICS
    assert set(table["status"]) == {"ok"}
    photos = [photo.name for photo in plan.photos.split("evaluation")[:2]]
    assert list(of(table, "gradient_snr").index) == photos
    names = [f"{photo}/{kind}" for photo in photos for kind in ("jpeg", "white")]
    assert list(of(table, "recovery").index) == names
    assert (of(table, "recovery") > of(table, "recovery_start") + 1).all()
    shares = table[table["statistic"].str.startswith("spectrum")].groupby("image")["value"].sum()
    assert shares.tolist() == pytest.approx([1, 1])


def test_it_is_the_same_twice_and_its_initialisations_are_those_of_every_loss():
    first = measured(plan_with())
    content = OUTPUT.read_bytes()
    assert measured(plan_with()).equals(first)
    assert OUTPUT.read_bytes() == content
    other = measured(plan_with(), "l1")
    assert of(other, "recovery_start").equals(of(first, "recovery_start"))
    assert not of(other, "recovery").equals(of(first, "recovery"))


@pytest.mark.parametrize(("factor", "status"), [(0.0, "no gradient"), (torch.nan, "diverged")])
def test_a_loss_without_a_gradient_is_a_fact(
    monkeypatch: pytest.MonkeyPatch, factor: float, status: str
):
    def loss(restored: Tensor, reference: Tensor) -> Tensor:
        return factor * (restored - reference).square().mean((1, 2, 3))

    monkeypatch.setattr(measure, "build_fidelity", lambda *_: loss)
    table = measured(plan_with())
    gradient = table[~table["statistic"].str.startswith("recovery")]
    assert set(gradient["status"]) == {status}
    assert gradient["value"].isna().all()
    ends, initial = of(table, "recovery"), of(table, "recovery_start")
    assert initial.notna().all()
    assert ends.isna().all() if status == "diverged" else ends.equals(initial)
    recoveries = table[table["statistic"] == "recovery"]
    assert set(recoveries["status"]) == {"diverged" if status == "diverged" else "ok"}


def test_a_part_is_a_loss():
    stages = Stages(plan_with())
    (part,) = stages.optimisability.parts
    measure_part(stages.plan, part.path)
    assert set(pd.read_parquet(part.path)["fidelity"]) == {"l1"}
    assert stages.reads(part.path) == []


@pytest.mark.parametrize(
    ("change", "moves"),
    [
        (lambda values: values["optimisability"].update(steps=3), True),
        (lambda values: values["photos"].update(reduce=2), True),
        (lambda values: values["training"].update(steps=13), False),
        (lambda values: values["execution"].update(bootstrap=60), False),
    ],
)
def test_a_part_moves_with_what_it_reads(change: Callable[[dict[str, Any]], object], moves: bool):
    values = small_values() | {"photos": {}}
    before = Stages(Plan(parse_study(values, "params.yaml"))).optimisability.key("l1")
    change(values)
    after = Stages(Plan(parse_study(values, "params.yaml"))).optimisability.key("l1")
    assert (before != after) == moves


def test_a_crop_that_does_not_fit_is_a_line():
    with pytest.raises(UserError, match="both sides must be 2000 or more"):
        measured(plan_with(crop=2000))
    with pytest.raises(UserError, match="nlpd: needs images of at least 64 pixels"):
        measured(plan_with(), "nlpd")


def test_a_crop_is_a_multiple_of_four():
    with pytest.raises(UserError, match=r"optimisability\.crop: .*multiple of 4"):
        plan_with(crop=30)
