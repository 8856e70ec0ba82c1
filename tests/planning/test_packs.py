"""Which cells one process trains together."""

from typing import Any

import pytest

from asymmetry.core.errors import UserError
from asymmetry.planning.packs import FOLDER, planned_packs, write_packs, written_packs
from asymmetry.planning.plan import Plan
from asymmetry.planning.run import Run
from asymmetry.study import parse_study

pytestmark = pytest.mark.usefixtures("workplace")


def planned(values: dict[str, Any], pack: int | str, **grid: Any) -> Plan:
    values["execution"]["pack"] = pack
    values["grid"] |= grid
    return Plan(parse_study(values, "params.yaml"))


def finish(run: Run, name: str = "run.json") -> None:
    """As a training leaves it, without a model."""
    run.folder.mkdir(parents=True, exist_ok=True)
    (run.folder / name).write_text('{"status": "done", "outputs": {}}')


def sizes(plan: Plan, processes: int | None = 2) -> list[int]:
    return [len(pack.runs) for pack in planned_packs(plan, processes)]


def packed(plan: Plan) -> list[Run]:
    return [run for pack in planned_packs(plan, 2) for run in pack.runs]


def test_packing_is_no_part_of_the_identity_of_a_run(study_values: dict[str, Any]):
    alone, four = (planned(study_values, pack) for pack in (1, 4))
    assert [run.id for run in alone.runs] == [run.id for run in four.runs]


def test_cells_keep_the_order_of_the_grid(study_values: dict[str, Any]):
    plan = planned(study_values, 2, adversarial_weights=[0, 0.01])
    assert packed(plan) == plan.runs[:2]
    assert sizes(planned(study_values, 3)) == [3]
    assert sizes(planned(study_values, 1)) == []


@pytest.mark.parametrize(
    ("processes", "expected"),
    [(1, [5]), (2, [2, 3]), (3, [2, 1, 2]), (5, []), (64, []), (None, [])],
)
def test_automatic_packs_leave_no_core_idle(
    study_values: dict[str, Any], processes: int | None, expected: list[int]
):
    """Five cells, evenly over the processes; one cell is no pack, and a cluster has none."""
    assert sizes(planned(study_values, "auto"), processes) == [n for n in expected if n > 1]


def test_automatic_packs_are_small_and_as_many_as_the_cores_or_a_multiple(
    study_values: dict[str, Any],
):
    plan = planned(study_values, "auto", fidelity=["l1", "mse", "charbonnier", "gmsd"])
    assert sizes(plan, 1) == [7, 6, 7]
    assert sizes(plan, 2) == [5, 5, 5, 5]
    assert sizes(plan, 3) == [7, 6, 7]


def test_trainings_on_a_gpu_are_alone_unless_the_study_says_otherwise(study_values: dict[str, Any]):
    study_values["execution"]["resources"] = {"train": {"gpu": 1}}
    assert sizes(planned(study_values, "auto")) == []
    assert sizes(planned(study_values, 5)) == [5]


def test_the_runs_of_a_pack_have_task_seed_and_inputs_in_common(study_values: dict[str, Any]):
    plan = planned(
        study_values,
        100,
        tasks=["bicubic-x4", "blind-x4"],
        seeds=[0, 1],
        generators=["compact-tiny", "swinir-tiny"],
    )
    packs = planned_packs(plan, 2)
    assert len(packs) == 2 * 2 * 2
    for pack in packs:
        assert len({(run.cell.task, run.cell.seed) for run in pack.runs}) == 1
        assert len({run.warm_start for run in pack.runs}) == 1
    best = [plan.priority(pack.runs[0].id) for pack in packs if pack.runs[0].cell.seed]
    assert all(best[0] < plan.priority(run.id) for run in plan.runs if run.cell.seed == 0)


def test_finished_cells_are_in_no_pack(study_values: dict[str, Any]):
    plan = planned(study_values, 3)
    finish(plan.runs[1])
    assert packed(plan) == [plan.runs[0], *plan.runs[2:4]]


def test_a_job_finds_the_pack_of_its_rule(study_values: dict[str, Any]):
    plan = planned(study_values, 2)
    one, other = planned_packs(plan, 2)
    write_packs([one, other])
    finish(plan.runs[0])  # meanwhile
    arguments = ["--target-jobs", f"{other.name}:", "--allowed-rules", other.name, "train_cell"]
    assert written_packs(plan, arguments) == [other]
    assert written_packs(plan, ["--allowed-rules", "train_cell"]) == []
    assert other not in planned_packs(plan, 2)


def test_another_start_leaves_the_packs_of_the_first(study_values: dict[str, Any]):
    plan = planned(study_values, 5)
    (first,) = planned_packs(plan, 2)
    write_packs([first])
    finish(plan.runs[0])
    (second,) = planned_packs(plan, 2)
    write_packs([second])
    assert written_packs(plan, [first.name, second.name]) == [first, second]


@pytest.mark.parametrize("damage", ["", "{}", '{"runs": []}'])
def test_a_pack_that_is_gone_is_a_line(study_values: dict[str, Any], damage: str):
    plan = planned(study_values, 5)
    packs = planned_packs(plan, 2)
    write_packs(packs)
    (file,) = FOLDER.iterdir()
    file.write_text(damage)
    with pytest.raises(UserError, match=r"is missing or damaged; start the study again"):
        written_packs(plan, [packs[0].name])
