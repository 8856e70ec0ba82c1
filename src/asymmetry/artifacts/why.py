"""`asymmetry why`: the state of a run, what would train it again, and what that would cost."""

import time
from collections.abc import Iterator
from pathlib import Path
from typing import Any

from asymmetry.artifacts.differences import ABSENT, Difference, differences, is_code
from asymmetry.artifacts.find import find_runs, former_runs
from asymmetry.core.files import read_object
from asymmetry.core.usage import duration
from asymmetry.monitor.forecast import expected_seconds, measured_on
from asymmetry.monitor.run_state import state_of
from asymmetry.pipeline.stages import Stages
from asymmetry.planning.identity import module_digests
from asymmetry.planning.run import Run


def why(stages: Stages, text: str) -> Iterator[str]:
    """Lines on each run that `text` names: an id, the beginning of one, or a cell.

    Raises UserError where the study has none.
    """
    for run in find_runs(stages.plan, text):
        state = state_of(run, time.time())
        yield f"{run.id}: {state.name}{f' ({state.note})' if state.note else ''}"
        yield f"  trains again when one of these changes: {', '.join(run.settings)}"
        yield f"  its code: {', '.join(module_digests(run.roots))}"
        for folder in former_runs(run):
            yield f"  {folder} differs:"
            yield from (f"    {line}" for line in changes(folder, run))
        yield from (f"  {line}" for line in _consequences(stages, run))


def changes(folder: Path, run: Run) -> list[str]:
    """The fields in which a former run differs from `run`, as `field: before -> after`."""
    record = read_object(folder / "run.json")
    found = differences(record.get("settings", {}), run.settings)
    return [_line(difference, record, run) for difference in found]


def _line(difference: Difference, record: dict[str, Any], run: Run) -> str:
    if not is_code(difference.field):
        return f"{difference.field}: {difference.before} -> {difference.after}"
    if difference.field != "code" or "modules" not in record:
        return f"{difference.field}: changed"
    modules = differences(record["modules"], module_digests(run.roots))
    return f"code: changed ({', '.join(_module(module) for module in modules)})"


def _module(difference: Difference) -> str:
    """A module, and whether it is new or gone."""
    if difference.before == ABSENT:
        return f"{difference.field} is new"
    return f"{difference.field} is gone" if difference.after == ABSENT else difference.field


def _consequences(stages: Stages, run: Run) -> Iterator[str]:
    plan = stages.plan
    runs = plan.trainings
    cells = [cell for cell in plan.runs if run.id in cell.begins_from]
    starts = [start for start in plan.discriminator_warm_starts if run.id in start.begins_from]
    if cells:
        yield f"{len(cells)} cells begin from it, and would train again too"
    if starts:
        yield f"so would {len(starts)} warm starts of discriminators"
    trained = [run, *starts, *cells]
    ids = {name for one in trained for name in (one.id, *one.snapshot_ids)}
    for part in stages.parts:
        if not ids.isdisjoint(part.runs):
            yield f"made of it: {part.path}"
    yield "then the tables, the figures and the page"
    records = (read_object(one.record) for one in runs)
    measured = measured_on(runs, filter(None, records))  # without the missing and the damaged
    guess = plan.study.execution.seconds_per_step
    seconds = expected_seconds(trained, measured, guess)
    steps = sum(one.settings["training"]["steps"] for one in trained)
    basis = f"measured on {len(measured)} finished runs" if measured else "a guess before any run"
    yield f"cost: {steps} steps, about {duration(seconds)} of training ({basis})"
