"""Records that Snakemake deleted: brought back, or forgotten where it was told to."""

from collections.abc import Callable

from asymmetry.planning.plan import Plan
from asymmetry.planning.run import Run
from asymmetry.training.finished import FINISHED, forget, restore_records, taken_over


def finish(run: Run, content: str = '{"outputs": {}}') -> None:
    run.folder.mkdir(parents=True)
    (run.folder / FINISHED).write_text(content)


def test_records_are_brought_back_and_damaged_ones_are_not(make_plan: Callable[..., Plan]):
    plan = make_plan()
    kept, damaged = plan.warm_starts[0], plan.runs[0]
    finish(kept)
    finish(damaged, "{")
    assert restore_records(plan) == [kept]
    assert kept.record.is_file()
    assert not damaged.record.exists()
    assert restore_records(plan) == []


def test_what_is_taken_over_is_said_with_how_to_train_anew(make_plan: Callable[..., Plan]):
    run = make_plan().runs[0]
    line = taken_over([run])
    assert line.startswith(f"1 finished trainings are taken over, the first is {run.id}: ")
    assert line.endswith("To train anew what a rule trains: --forcerun RULE")


def test_a_forgotten_run_is_not_brought_back(make_plan: Callable[..., Plan]):
    run = make_plan().runs[0]
    finish(run)
    forget([str(run.record)])
    assert restore_records(make_plan()) == []
