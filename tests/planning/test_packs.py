"""Which cells one process trains together."""

from typing import Any

import pytest

from asymmetry.core.errors import UserError
from asymmetry.core.files import sha256_of
from asymmetry.planning.packs import (
    FOLDER,
    VARIABLE,
    decide_companies,
    decided_companies,
    missing_companies,
)
from asymmetry.planning.plan import Plan, Run
from asymmetry.study import parse_study

pytestmark = pytest.mark.usefixtures("workplace")


@pytest.fixture(autouse=True)
def environment(monkeypatch: pytest.MonkeyPatch) -> None:
    """As outside a study; what a test sets is gone after it."""
    monkeypatch.setenv(VARIABLE, "")
    monkeypatch.delenv(VARIABLE)


def planned(values: dict[str, Any], company: int | str, **grid: Any) -> Plan:
    values["execution"]["company"] = company
    values["grid"] |= grid
    return Plan(parse_study(values, "params.yaml"))


def finish(run: Run, name: str = "run.json") -> None:
    """As a training leaves it, without a model."""
    run.folder.mkdir(parents=True, exist_ok=True)
    (run.folder / name).write_text('{"status": "done", "outputs": {}}')


def sizes(plan: Plan, processes: int | None = 2) -> list[int]:
    return [len(company.runs) for company in missing_companies(plan, processes)]


def test_a_company_is_no_part_of_what_identifies_a_run(study_values: dict[str, Any]):
    alone, four = (planned(study_values, company) for company in (1, 4))
    assert [run.id for run in alone.runs] == [run.id for run in four.runs]


def test_cells_keep_the_order_of_the_grid(study_values: dict[str, Any]):
    plan = planned(study_values, 2, adversarial_weights=[0, 0.01])
    assert [run for company in missing_companies(plan, 2) for run in company.runs] == plan.runs[:2]
    assert sizes(planned(study_values, 3)) == [3]
    assert sizes(planned(study_values, 1)) == []


@pytest.mark.parametrize(
    ("processes", "expected"),
    [(1, [5]), (2, [2, 3]), (3, [2, 1, 2]), (5, []), (64, []), (None, [])],
)
def test_automatic_companies_leave_no_core_idle(
    study_values: dict[str, Any], processes: int | None, expected: list[int]
):
    """Five cells, evenly over the processes; of one cell there is no company, nor on a cluster."""
    assert sizes(planned(study_values, "auto"), processes) == [n for n in expected if n > 1]


def test_automatic_companies_are_small_and_as_many_as_the_cores_or_a_multiple(
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


def test_members_have_task_seed_and_inputs_in_common(study_values: dict[str, Any]):
    plan = planned(
        study_values,
        100,
        tasks=["bicubic-x4", "blind-x4"],
        seeds=[0, 1],
        generators=["compact-tiny", "swinir-tiny"],
    )
    companies = missing_companies(plan, 2)
    assert len(companies) == 2 * 2 * 2
    for company in companies:
        cells = [run.cell for run in company.runs]
        assert len({(cell.task, cell.seed) for cell in cells}) == 1
        assert len({run.warm_start for run in company.runs}) == 1
    best = [plan.priority(company.runs[0].id) for company in companies if company.runs[0].cell.seed]
    assert all(best[0] < plan.priority(run.id) for run in plan.runs if run.cell.seed == 0)


def test_the_finished_are_in_none(study_values: dict[str, Any]):
    plan = planned(study_values, 3)
    finish(plan.runs[1])
    found = missing_companies(plan, 2)
    assert [run for company in found for run in company.runs] == [
        plan.runs[0],
        *plan.runs[2:4],
    ]


def test_a_start_decides_for_its_jobs(study_values: dict[str, Any]):
    plan = planned(study_values, 2)
    decide_companies(plan, 2)
    decided = decided_companies(plan)
    assert decided == missing_companies(plan, 2)
    finish(plan.runs[0])  # meanwhile
    assert decided_companies(plan) == decided != missing_companies(plan, 2)
    (file,) = FOLDER.iterdir()
    before = sha256_of(file)
    decide_companies(plan, 2)  # another start beside it
    assert sha256_of(file) == before


def test_a_job_that_was_not_told_says_so(study_values: dict[str, Any]):
    for company in ("auto", 1):
        assert decided_companies(planned(study_values, company)) == []
    with pytest.raises(UserError, match=f"{VARIABLE}: is not set in this job"):
        decided_companies(planned(study_values, 2))
