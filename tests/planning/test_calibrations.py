"""What the fit of a calibrated loss is made of, and which runs wait for it."""

from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from PIL import Image

from asymmetry.backbones.catalog import BACKBONES
from asymmetry.core.errors import UserError
from asymmetry.fidelity.registry import backbone_of, fidelity_names, is_calibrated, weights_of
from asymmetry.pipeline.stages import Stages
from asymmetry.planning.plan import Plan
from asymmetry.study import parse_study
from tests.scored_set import LOSS, calibrated_values, write_scored_set

Change = Callable[[dict[str, Any]], object]


@pytest.fixture
def table(workplace: Path) -> Path:
    return write_scored_set(workplace / "mine")


def plan_of(table: Path, change: Change = lambda values: None) -> Plan:
    values = calibrated_values(table)
    change(values)
    return Plan(parse_study(values, "params.yaml"))


def ids(plan: Plan, fidelity: str) -> list[str]:
    return [run.id for run in plan.runs if run.cell.fidelity == fidelity]


def test_every_backbone_has_a_calibrated_loss_random_or_not():
    named = {name: backbone_of(name) for name in fidelity_names() if is_calibrated(name)}
    assert named["dists-vgg16-random-calibrated"] == "vgg16-random"
    assert named["dists-vgg16-calibrated"] == "vgg16"
    assert len(named) == len(BACKBONES) + sum(
        spec.weights is not None for spec in BACKBONES.values()
    )
    assert weights_of("dists-vgg16-random-calibrated") == set()
    assert weights_of("dists-vgg16-calibrated") == {"vgg16"}
    assert not is_calibrated("dists-vgg16")
    assert not is_calibrated("psnr_y")


def test_only_the_cells_of_the_loss_wait_for_its_fit(table: Path):
    plan = plan_of(table)
    assert list(plan.fits) == [LOSS]
    fit = plan.fits[LOSS]
    assert fit.path == Path(f"runs/calibration/{LOSS}-{fit.digits}.safetensors")
    assert plan.fit_at(fit.path) == fit
    for run in plan.by_id.values():
        mine = run.cell.fidelity == LOSS
        assert run.fitted == (fit.path if mine else None)
        assert ("calibration" in run.settings) == mine


def rescore(table: Path) -> None:
    table.write_text(table.read_text().replace("b01.png,r0.png,4.0", "b01.png,r0.png,4.5"))


def repaint(table: Path) -> None:
    Image.new("RGB", (56, 48)).save(table.with_name("b01.png"))


@pytest.mark.parametrize("edit", [rescore, repaint])
def test_another_score_or_image_trains_the_cells_that_use_it_and_no_other(
    table: Path, edit: Callable[[Path], None]
):
    before = plan_of(table)
    assert ids(before, LOSS)
    edit(table)
    after = plan_of(table)
    assert ids(after, "l1") == ids(before, "l1")
    assert [run.id for run in after.warm_starts] == [run.id for run in before.warm_starts]
    assert not set(ids(after, LOSS)) & set(ids(before, LOSS))


@pytest.mark.parametrize(
    ("change", "moves"),
    [
        (lambda values: values["calibration"].update(train=0.4), True),
        (lambda values: values["calibration"].update(seed=1), True),
        (lambda values: values["iqa_sets"]["mine"].update(higher_is_better=False), True),
        (lambda values: values["evaluation"].update(metrics=["gmsd", "ssim"]), False),
        (lambda values: values["execution"].update(bootstrap=60, weights="elsewhere"), False),
        (lambda values: values["iqa_sets"].update(other={"kind": "severity"}), False),
        (lambda values: values["training"].update(steps=13), False),
    ],
)
def test_a_fit_follows_what_it_is_made_of(table: Path, change: Change, moves: bool):
    before, after = plan_of(table), plan_of(table, change)
    assert (before.fits[LOSS].path != after.fits[LOSS].path) == moves


def test_the_name_and_place_of_the_set_do_not_count(table: Path):
    def renamed(values: dict[str, Any]) -> None:
        values["iqa_sets"]["other"] = values["iqa_sets"].pop("mine") | {"table": "moved/scores.csv"}
        values["calibration"]["set"] = "other"

    before = plan_of(table)
    before.runs  # noqa: B018 - planned while the set is there
    table.parent.rename("moved")
    assert ids(plan_of(table, renamed), LOSS) == ids(before, LOSS)


def test_a_path_that_is_no_fit_of_the_study_is_refused(table: Path):
    with pytest.raises(UserError, match="no calibration of this study lies there"):
        plan_of(table).fit_at(Path("runs/calibration/x.safetensors"))


def test_a_missing_set_is_one_line(table: Path):
    table.unlink()
    with pytest.raises(UserError, match=r"check iqa_sets\.mine\.table"):
        plan_of(table).runs  # noqa: B018 - reading it is the test


def test_parts_wait_for_the_fits_that_they_measure(table: Path):
    def judged(values: dict[str, Any]) -> None:
        values["evaluation"]["metrics"].append("dists-alexnet-calibrated")

    plan = plan_of(table, judged)
    stages, metric = Stages(plan), plan.fits["dists-alexnet-calibrated"].path
    fit = plan.fits[LOSS].path
    assert stages.fitted == [metric, fit]
    waits = {part.path.parent.name: stages.reads(part.path) for part in stages.assessment.parts}
    assert waits["scores"] == [*stages.trained, metric]
    assert [stages.reads(part.path) for part in stages.skill.parts] == [[metric, fit]] * 2
    assert [stages.reads(part.path) for part in stages.optimisability.parts] == [[], [fit]]


def test_a_fit_moves_the_keys_of_what_is_measured_with_it(table: Path):
    """And the cut moves the skill of every loss on that set, but on no other set."""
    before = Stages(plan_of(table))
    after = Stages(plan_of(table, lambda values: values["calibration"].update(seed=1)))
    assert before.optimisability.key(LOSS) != after.optimisability.key(LOSS)
    assert before.optimisability.key("l1") == after.optimisability.key("l1")
    assert before.assessment.key == after.assessment.key

    def plain(seed: int) -> Change:
        return lambda values: (
            values["grid"].update(fidelity=["l1"]),
            values["calibration"].update(seed=seed),
        )

    one, other = (Stages(plan_of(table, plain(seed))) for seed in (0, 1))
    assert one.skill.key("mine") != other.skill.key("mine")
    assert one.skill.key("severity") == other.skill.key("severity")


def test_the_convention_of_a_calibrated_metric_names_its_fit(table: Path):
    def judged(values: dict[str, Any]) -> None:
        values["evaluation"]["metrics"].append("dists-alexnet-calibrated")

    plan = plan_of(table, judged)
    words = plan.convention("dists-alexnet-calibrated")
    assert words.endswith(f"fit {plan.fits['dists-alexnet-calibrated'].digits}")
    assert "fit" not in plan.convention("gmsd")


def test_an_optional_metric_without_weights_waits_for_nothing(table: Path):
    def optional(values: dict[str, Any]) -> None:
        values["evaluation"]["metrics_with_weights"] = ["dists-vgg16-calibrated"]

    assert list(plan_of(table, optional).fits) == [LOSS]
