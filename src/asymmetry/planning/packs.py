"""Which runs one process trains together: packs of `execution.pack` runs. Imports no torch.

The runs of a pack see the same batches, so they have the task and the seed in common. Packing is
never part of the identity of a run.

`auto` divides the cells of one batch evenly: into as many packs as there are processes at a time,
or a multiple, so that no core idles while another has one pack more. Cells that ask for a GPU, or
that a cluster trains, are then alone: there another process costs nobody's time, and the memory of
the GPU is not known here.
"""

import math
import re
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from itertools import pairwise
from pathlib import Path

from asymmetry.core.errors import UserError
from asymmetry.core.files import STATE, canonical_json, digest, read_object, write_if_changed
from asymmetry.planning.plan import Plan
from asymmetry.planning.run import Run

FOLDER = STATE / "packs"
RULE = "train_pack"
_NAME = re.compile(rf"{RULE}_[0-9a-f]{{12}}")
_LARGEST = 8  # cells of an automatic pack; more gain nothing (`make bench`)


@dataclass(frozen=True)
class PlannedPack:
    """Runs of one process, in the order of the grid."""

    runs: tuple[Run, ...]

    @property
    def reads(self) -> list[Path]:
        """The files that one of them or more waits for."""
        return list(dict.fromkeys(path for run in self.runs for path in run.reads))

    @property
    def name(self) -> str:
        """The name of its rule: it says which runs, whatever else is planned."""
        return f"{RULE}_{digest([run.id for run in self.runs])[:12]}"


def check_pack(runs: Sequence[Run]) -> None:
    """UserError where runs do not see the same batches."""
    for run in runs:
        if _batches(run) != _batches(runs[0]):
            raise UserError(
                f"{run.id}: sees other batches than {runs[0].id}; in one process, train runs of "
                "one task and seed, and warm starts apart from cells, each kind alone"
            )


def planned_packs(plan: Plan, processes: int | None) -> list[PlannedPack]:
    """The cells that are not finished, in packs of the size that `execution.pack` says.

    So are the warm starts of discriminators. `processes` is how many trainings run at a time on
    this machine; None on a cluster. The cells of a pack are consecutive in the order of the grid,
    and wait for the same files but for warm starts of discriminators: cells with the same loss and
    different discriminators share the most. A cell that would be alone is in none.
    """
    alike: dict[tuple[object, ...], list[Run]] = {}
    for run in [*plan.discriminator_warm_starts, *plan.runs]:
        if not run.record.is_file():
            waits = run.warm_start, run.fitted, run.discriminator_warm_start is None
            alike.setdefault((_batches(run), *waits), []).append(run)
    execution = plan.study.execution
    size = None if execution.pack == "auto" else execution.pack
    if size is None and (processes is None or execution.resources.train.gpu > 0):
        size = 1
    chunks = [chunk for runs in alike.values() for chunk in _chunks(runs, size, processes or 1)]
    return [PlannedPack(tuple(runs)) for runs in chunks if len(runs) > 1]


def write_packs(packs: Iterable[PlannedPack]) -> None:
    """Write down which runs each pack has, for the jobs that train them.

    A job of a cluster reads the study again, when other cells have been finished since, and would
    pack what is left in another way. So it takes its pack from the file that its rule names.
    """
    for pack in packs:
        runs = [run.id for run in pack.runs]
        write_if_changed(_file(pack.name), canonical_json({"runs": runs}))


def written_packs(plan: Plan, names: Iterable[str]) -> list[PlannedPack]:
    """The packs whose rules are among these names; UserError where one is not there any more."""
    rules = [name for name in dict.fromkeys(names) if _NAME.fullmatch(name)]
    return [_written(plan, rule) for rule in rules]


def _written(plan: Plan, rule: str) -> PlannedPack:
    runs = read_object(_file(rule)).get("runs")
    if not runs:
        raise UserError(f"{_file(rule)}: is missing or damaged; start the study again")
    return PlannedPack(tuple(plan.find(run_id) for run_id in runs))


def _file(rule: str) -> Path:
    return FOLDER / f"{rule}.json"


def _chunks(runs: list[Run], size: int | None, processes: int) -> list[list[Run]]:
    """`runs` cut into parts of `size`; without one evenly, a multiple of `processes` of them."""
    if size is None:
        parts = processes * math.ceil(len(runs) / (_LARGEST * processes))
        ends = [round(len(runs) * part / parts) for part in range(parts + 1)]
    else:
        ends = [*range(0, len(runs), size), len(runs)]
    return [runs[start:end] for start, end in pairwise(ends)]


def _batches(run: Run) -> tuple[str, int, str]:
    return run.cell.task, run.cell.seed, run.kind
