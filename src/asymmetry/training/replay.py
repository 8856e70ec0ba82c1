"""The first steps of a finished run once more, with the code of today, against what it left."""

import math
from pathlib import Path

from asymmetry.core.errors import UserError
from asymmetry.planning.plan import Plan, Run
from asymmetry.training.journal import Journal
from asymmetry.training.progress import Row, read_log, row_of
from asymmetry.training.shared_inputs import Common
from asymmetry.training.trail import TRAIL, Trail, read_trail, trail_of
from asymmetry.training.trainer import Member


def check_replay(plan: Plan, run: Run, folder: Path, steps: int) -> None:
    """Train `run` for `steps` steps, writing nothing, and compare with the run in `folder`.

    The whole state has to be the same at the step of `trail.json`, and every value and gradient
    norm that `log.csv` holds up to `steps`. Raises UserError, one line, at the first that is not,
    where the folder has no trail within `steps`, and where `run` has begun itself.
    """
    trail, rows = _evidence(folder, steps)
    member = Member(plan, run, Common(plan, [run]), Journal(run.folder))
    if member.state.step:
        raise UserError(f"{run.folder}: has begun under today's code; finish it or remove it first")
    for _ in range(min(steps, member.section.steps)):
        logs = member.step()
        step = member.state.step
        if step in rows:
            _check_row(folder / "log.csv", rows[step], row_of(step, logs))
        if step == trail.step and trail_of(member.state) != trail:
            raise UserError(f"{folder / TRAIL}: the replay has another state at step {step}")


def _evidence(folder: Path, steps: int) -> tuple[Trail, dict[int, Row]]:
    trail = read_trail(folder)
    if trail is None:
        raise UserError(f"{folder / TRAIL}: is missing or damaged, so a replay shows nothing")
    if trail.step > steps:
        raise UserError(
            f"{folder / TRAIL}: is of step {trail.step}, beyond the replay; "
            f"use --replay {trail.step} or more"
        )
    return trail, _rows(folder / "log.csv", steps)


def _rows(path: Path, steps: int) -> dict[int, Row]:
    try:
        rows = {int(row["step"]): row for row in read_log(path) if row["step"] <= steps}
    except (ValueError, TypeError, KeyError):
        raise UserError(f"{path}: is damaged, so a replay has nothing to compare with") from None
    if not rows:
        raise UserError(f"{path}: has no row up to step {steps} to compare with")
    return rows


def _check_row(path: Path, old: Row, new: Row) -> None:
    for name in [*old, *(name for name in new if name not in old)]:
        before, after = old.get(name), new.get(name)
        if not _equal(before, after):
            step = int(old["step"])
            raise UserError(f"{path}: {name} at step {step} is {before}, and {after} in the replay")


def _equal(before: float | None, after: float | None) -> bool:
    if before is None or after is None:
        return before is after
    return before == after or (math.isnan(before) and math.isnan(after))
