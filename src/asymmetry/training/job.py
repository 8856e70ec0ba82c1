"""A process that trains runs: their locks, what is left of them, and how it ends."""

import sys
from collections.abc import Mapping, Sequence
from contextlib import ExitStack

from asymmetry.core.errors import UserError
from asymmetry.core.slurm import put_back
from asymmetry.planning.packs import check_company
from asymmetry.planning.plan import Plan, Run
from asymmetry.training.deadline import EXIT_CONTINUE, Deadline
from asymmetry.training.finished import restore_missing, taken_over
from asymmetry.training.heartbeat import one_line
from asymmetry.training.journal import Journal, in_company
from asymmetry.training.lock import alone
from asymmetry.training.pack import Company


def train(plan: Plan, *run_ids: str) -> int:
    """Train runs of the plan together, or continue them.

    Returns the exit code of the process: 0 where all are finished, 75 where some are to be
    continued. Raises what ended one of them, once the others are finished; UserError where there
    is no such run, or where they do not belong into one company.
    """
    runs = [plan.find(run_id) for run_id in dict.fromkeys(run_ids)]
    check_company(runs)
    deadline = Deadline(plan.study.execution.minutes)
    with ExitStack() as held:
        # By name: two companies with runs in common must not wait for each other.
        ordered = sorted(runs, key=lambda run: run.id)
        mine = {run.id: held.enter_context(alone(run.folder, deadline)) for run in ordered}
        restored = [run for run in runs if mine[run.id] and restore_missing(run)]
        if restored:
            print(taken_over(restored), file=sys.stderr)
        left = [run for run in runs if not run.record.is_file()]
        own = len(runs) > 1
        journals = {
            run.id: held.enter_context(in_company(run.folder)) if own else Journal(run.folder)
            for run in left
        }
        code = _train(plan, [run for run in left if mine[run.id]], journals, deadline)
        if not all(mine[run.id] for run in left):
            code = EXIT_CONTINUE
    if code == EXIT_CONTINUE and not deadline.signalled:
        put_back()
    return code


def _train(
    plan: Plan, runs: Sequence[Run], journals: Mapping[str, Journal], deadline: Deadline
) -> int:
    if not runs:
        return 0
    with ExitStack() as every:
        for run in runs:
            every.enter_context(journals[run.id].failure_noted())
        company = Company(plan, runs, journals)
    code = company.train(deadline)
    if company.failures:
        _tell(company.failures, journals, code)
    return code


def _tell(failures: Mapping[str, Exception], journals: Mapping[str, Journal], code: int) -> None:
    """Say what ended the trainings that failed; raise it, unless others are to be continued."""
    (run_id, error), *_ = failures.items()
    if not journals[run_id].own:
        raise error
    said = {run_id: one_line(error) for run_id, error in failures.items()}
    lines = [line if name in line else f"{name}: {line}" for name, line in said.items()]
    if code != EXIT_CONTINUE:
        raise UserError("\n".join(lines))
    for line in lines:
        print(f"error: {line}", file=sys.stderr)
