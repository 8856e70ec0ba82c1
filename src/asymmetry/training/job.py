"""A process that trains runs: their locks, what is left of them, and how it ends."""

import sys
from collections.abc import Mapping, Sequence
from contextlib import ExitStack

from asymmetry.core.errors import UserError
from asymmetry.core.slurm import put_back
from asymmetry.planning.packs import check_pack
from asymmetry.planning.plan import Plan
from asymmetry.planning.run import Run
from asymmetry.training.deadline import EXIT_CONTINUE, Deadline
from asymmetry.training.finished import restore_missing, taken_over
from asymmetry.training.heartbeat import one_line
from asymmetry.training.lock import run_lock
from asymmetry.training.logs import TextLog, text_log_in_pack
from asymmetry.training.pack import Pack


def train(plan: Plan, *run_ids: str) -> int:
    """Train runs of the plan together, or continue them.

    Returns the exit code of the process: 0 where all are finished, 75 where some are to be
    continued. Raises the exception that ended one of them, once the others are finished; UserError
    where there is no such run, or where they cannot be packed together.
    """
    runs = [plan.find(run_id) for run_id in dict.fromkeys(run_ids)]
    check_pack(runs)
    deadline = Deadline(plan.study.execution.minutes)
    with ExitStack() as stack:
        # Sorted: two packs with runs in common must not wait for each other.
        ordered = sorted(runs, key=lambda run: run.id)
        held = {run.id: stack.enter_context(run_lock(run.folder, deadline)) for run in ordered}
        restored = [run for run in runs if held[run.id] and restore_missing(run)]
        if restored:
            print(taken_over(restored), file=sys.stderr)
        left = [run for run in runs if not run.record.is_file()]
        packed = len(runs) > 1
        logs = {
            run.id: stack.enter_context(text_log_in_pack(run.folder))
            if packed
            else TextLog(run.folder)
            for run in left
        }
        code = _train(plan, [run for run in left if held[run.id]], logs, deadline)
        if not all(held[run.id] for run in left):
            code = EXIT_CONTINUE
    if code == EXIT_CONTINUE and not deadline.signalled:
        put_back()
    return code


def _train(plan: Plan, runs: Sequence[Run], logs: Mapping[str, TextLog], deadline: Deadline) -> int:
    if not runs:
        return 0
    with ExitStack() as stack:
        for run in runs:
            stack.enter_context(logs[run.id].failure_noted())
        pack = Pack(plan, runs, logs)
    code = pack.train(deadline)
    if pack.failures:
        _report(pack.failures, logs, code)
    return code


def _report(failures: Mapping[str, Exception], logs: Mapping[str, TextLog], code: int) -> None:
    """Say why trainings failed: raised as an error, or printed where others are to be continued."""
    (run_id, error), *_ = failures.items()
    if not logs[run_id].owns_file:
        raise error
    messages = {run_id: one_line(error) for run_id, error in failures.items()}
    lines = [line if name in line else f"{name}: {line}" for name, line in messages.items()]
    if code != EXIT_CONTINUE:
        raise UserError("\n".join(lines))
    for line in lines:
        print(f"error: {line}", file=sys.stderr)
