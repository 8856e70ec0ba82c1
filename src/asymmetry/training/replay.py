"""The first steps of a finished run again, with today's code, compared with what the run left."""

import math
from pathlib import Path

from asymmetry.core.errors import UserError
from asymmetry.planning.plan import Plan
from asymmetry.planning.run import Run
from asymmetry.training.logs import CSV_LOG, Row, TextLog, read_log, row_of
from asymmetry.training.shared_inputs import SharedInputs
from asymmetry.training.state_digests import (
    STATE_DIGESTS,
    StateDigest,
    digest_of,
    read_state_digest,
)
from asymmetry.training.trainer import Trainer


def check_replay(plan: Plan, run: Run, folder: Path, steps: int) -> None:
    """Train `run` for `steps` steps, writing nothing, and compare with the run in `folder`.

    The whole state has to be the same at the step of `state_digests.json`, and every value and
    gradient norm that `log.csv` holds up to `steps`. Raises UserError, one line, at the first that
    is not, where the folder has no digest within `steps`, and where `run` has begun itself.
    """
    digest, rows = _evidence(folder, steps)
    trainer = Trainer(plan, run, SharedInputs(plan, [run]), TextLog(run.folder))
    if trainer.state.step:
        raise UserError(f"{run.folder}: has begun under today's code; finish it or remove it first")
    while trainer.position < 0:
        trainer.measure()
    for _ in range(min(steps, trainer.section.steps)):
        logs = trainer.step()
        step = trainer.state.step
        if step in rows:
            _check_row(folder / CSV_LOG, rows[step], row_of(step, logs))
        if step == digest.step and digest_of(trainer.state) != digest:
            raise UserError(
                f"{folder / STATE_DIGESTS}: the replay has another state at step {step}"
            )


def _evidence(folder: Path, steps: int) -> tuple[StateDigest, dict[int, Row]]:
    digest = read_state_digest(folder)
    if digest is None:
        raise UserError(
            f"{folder / STATE_DIGESTS}: is missing or damaged, so a replay shows nothing"
        )
    if digest.step > steps:
        raise UserError(
            f"{folder / STATE_DIGESTS}: is of step {digest.step}, beyond the replay; "
            f"use --replay {digest.step} or more"
        )
    return digest, _rows(folder / CSV_LOG, steps)


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
