"""Which runs one process trains together: `execution.company` of them. Imports no torch.

A company shares its batches, so its members have the task and the seed in common. How runs are
grouped is never part of what identifies them.

`auto` shares the cells of one batch evenly out: to as many companies as there are processes at a
time, or a multiple, so that no core idles while another has a company too many. Cells that ask for
a GPU, or that a cluster trains, are then alone: there a process more costs nobody's time, and the
memory of a card is not known here.
"""

import math
import os
from collections.abc import Sequence
from dataclasses import dataclass
from itertools import pairwise
from pathlib import Path

from asymmetry.core.errors import UserError
from asymmetry.core.files import canonical_json, digest, read_object, write_if_changed
from asymmetry.planning.plan import WARM_START, Plan, Run

FOLDER = Path(".asymmetry/companies")
VARIABLE = "ASYMMETRY_COMPANIES"
_MOST = 8  # cells of an automatic company; more gain nothing (`make bench`)


@dataclass(frozen=True)
class Company:
    """Runs that wait for the same files, in the order of the grid."""

    runs: tuple[Run, ...]

    @property
    def name(self) -> str:
        """A name for a rule, that says which runs."""
        return f"train_company_{digest([run.id for run in self.runs])[:12]}"


def check_company(runs: Sequence[Run]) -> None:
    """UserError where runs do not see the same batches."""
    for run in runs:
        if _batches(run) != _batches(runs[0]):
            raise UserError(
                f"{run.id}: sees other batches than {runs[0].id}; in one process, train runs of "
                "one task and seed, and warm starts apart from cells"
            )


def decide_companies(plan: Plan, processes: int | None) -> None:
    """Group the cells that are not finished, for this start of the study and all its jobs.

    `processes` is how many trainings run at a time on this machine; None on a cluster.

    A job of a cluster expands the study again, when some cells have been finished since; so it
    finds the grouping in a file that is named by its content, and that file in the environment.
    """
    grouped = [[run.id for run in company.runs] for company in missing_companies(plan, processes)]
    path = FOLDER / f"{digest(grouped)[:12]}.json"
    write_if_changed(path, canonical_json({"companies": grouped}))
    os.environ[VARIABLE] = str(path)


def decided_companies(plan: Plan) -> list[Company]:
    """The companies that the start of this study decided on; UserError where nobody told them."""
    size = plan.study.execution.company
    if size == 1 or (size == "auto" and VARIABLE not in os.environ):
        return []
    if VARIABLE not in os.environ:
        raise UserError(
            f"{VARIABLE}: is not set in this job; let the cluster hand the environment on to its "
            "jobs (`sbatch --export=ALL`), or use `execution.company: 1`"
        )
    grouped = read_object(Path(os.environ[VARIABLE])).get("companies", [])
    return [Company(tuple(plan.find(run_id) for run_id in ids)) for ids in grouped]


def missing_companies(plan: Plan, processes: int | None) -> list[Company]:
    """The cells that are not finished, in companies as `execution.company` has them.

    Consecutive in the order of the grid, and waiting for the same files. A cell that would be alone
    is in none.
    """
    alike: dict[tuple[object, ...], list[Run]] = {}
    for run in plan.runs:
        if not run.record.is_file():
            alike.setdefault((_batches(run), run.warm_start, run.fitted), []).append(run)
    execution = plan.study.execution
    size = None if execution.company == "auto" else execution.company
    if size is None and (processes is None or execution.resources.train.gpu > 0):
        size = 1
    chunks = [chunk for runs in alike.values() for chunk in _chunks(runs, size, processes or 1)]
    return [Company(tuple(runs)) for runs in chunks if len(runs) > 1]


def _chunks(runs: list[Run], size: int | None, processes: int) -> list[list[Run]]:
    """`runs` cut into parts of `size`; without one evenly, a multiple of `processes` of them."""
    if size is None:
        parts = processes * math.ceil(len(runs) / (_MOST * processes))
        ends = [round(len(runs) * part / parts) for part in range(parts + 1)]
    else:
        ends = [*range(0, len(runs), size), len(runs)]
    return [runs[start:end] for start, end in pairwise(ends)]


def _batches(run: Run) -> tuple[str, int, bool]:
    return run.cell.task, run.cell.seed, run.cell.discriminator == WARM_START
