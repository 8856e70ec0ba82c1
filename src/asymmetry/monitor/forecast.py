"""The plan as a table: the cells, how far they are, and the time that the rest will take."""

import shutil
from collections import Counter
from collections.abc import Collection, Iterable, Sequence
from dataclasses import dataclass
from statistics import mean
from typing import Any

from rich.console import Console
from rich.text import Text

from asymmetry.core.errors import UserError
from asymmetry.core.records import read_record
from asymmetry.core.usage import device_hours, usage_of
from asymmetry.monitor.discriminators import print_discriminators
from asymmetry.planning.overlaps import overlap_lines
from asymmetry.planning.plan import Plan, begins_warm
from asymmetry.planning.preflight import check, notes
from asymmetry.planning.run import Run
from asymmetry.planning.wanted import to_fetch
from asymmetry.study import Execution
from asymmetry.study.grid import Cell
from asymmetry.tables.schemas import ENDED_BADLY
from asymmetry.training.heartbeat import last_usage


@dataclass(frozen=True)
class Measured:
    """A finished run's cell and speed."""

    cell: Cell
    seconds_per_step: float


def print_plan(plan: Plan) -> None:
    """Print the cells, a summary line, the expected hours, and which sets share contents.

    First, where weights that the study names are not there, what must be fetched.

    Raises UserError where the photos, or the human scores that weights are fitted to, are not
    there, after what is known without them; and as `preflight.check`.
    """
    console = wide_console()
    for line in to_fetch(plan):
        console.print(Text(line))
    try:
        plan.photos, plan.fits  # noqa: B018 - ids hold the digests of what they read
    except UserError:
        print_discriminators(plan, console)
        console.print(_outline(plan))
        raise
    check(plan, here=shutil.which("sbatch") is None)
    runs = plan.trainings
    # Of a large grid that has hardly begun, one look a run, not one a file.
    begun = [run for run in runs if run.folder.is_dir()]
    records = {run.id: read_record(run.record) for run in begun if run.record.is_file()}
    stopped = {run.id for run in begun if (run.folder / "checkpoint.bin").is_file()}
    rows = [("run", "status", "steps")]
    for run in runs:
        waits = "begun" if run.id in stopped else "to do"
        status = records[run.id]["status"] if run.id in records else waits
        rows.append((run.id, status, str(_steps(run))))
    _print_rows(console, rows)
    for fit in plan.fits.values():
        state = "fitted" if fit.path.is_file() else "to do"
        console.print(Text(f"calibration of {fit.loss}: {state} ({fit.path})"))
    print_discriminators(plan, console)
    done = sum(run.id in records for run in plan.runs)
    ends = Counter(record["status"] for record in records.values())
    badly = [f"{ends[status]} {status}" for status in ENDED_BADLY if ends[status]]
    console.print(
        f"{_trainings(len(plan.runs), len(plan.warm_starts), len(plan.discriminator_warm_starts))}"
        f": {done} cells done ({', '.join(badly) or '0 diverged'}), {len(plan.runs) - done} to do"
    )
    console.print(Text(_used(begun, records)))
    left = [run for run in runs if run.id not in records]
    execution, measured = plan.study.execution, measured_on(runs, records.values())
    guess = execution.seconds_per_step
    seconds = expected_seconds(left, measured, guess)
    console.print(_hours(seconds, execution, len(measured)))
    for line in [*notes(plan), *overlap_lines(plan.study, plan)]:
        console.print(Text(line))


def _print_rows(console: Console, rows: Sequence[tuple[str, ...]]) -> None:
    """A table, head first. As plain lines: rich would take a millisecond a row."""
    widths = [max(map(len, column)) for column in zip(*rows, strict=True)]
    lines = []
    for row in rows:
        cells = (cell.ljust(width) for cell, width in zip(row, widths, strict=True))
        lines.append("  ".join(cells).rstrip())
    console.out("\n".join(lines), highlight=False)


def wide_console() -> Console:
    """A console that breaks no row of a table, on a terminal or in a pipe."""
    return Console(width=max(Console().width, 240), soft_wrap=True)


def seconds_per_step(cell: Cell, measured: Iterable[Measured]) -> float | None:
    """The mean speed of the finished cells most like this one; None before any is finished.

    Alike means the same generator, and of those the same fidelity loss and discriminator where
    there are any, else the same discriminator, else any.
    """
    known = list(measured)
    for names in (
        ("generator", "fidelity", "discriminator"),
        ("generator", "discriminator"),
        ("generator",),
        (),
    ):
        alike = [
            one.seconds_per_step
            for one in known
            if all(getattr(one.cell, name) == getattr(cell, name) for name in names)
        ]
        if alike:
            return mean(alike)
    return None


def measured_on(runs: Iterable[Run], records: Iterable[dict[str, Any]]) -> list[Measured]:
    """The speed of each run that has a record."""
    cells = {run.id: run.cell for run in runs}
    return [
        Measured(cells[record["id"]], record["seconds"] / record["steps"])
        for record in records
        if record["steps"]
    ]


def expected_seconds(runs: Iterable[Run], measured: Collection[Measured], guess: float) -> float:
    """What whole trainings will take, in seconds; before any is finished, by the study's guess."""
    speeds: dict[tuple[str, ...], float | None] = {}  # of cells that are alike
    total = 0.0
    for run in runs:
        kind = run.cell.generator, run.cell.fidelity, run.cell.discriminator
        if kind not in speeds:
            speeds[kind] = seconds_per_step(run.cell, measured)
        speed = speeds[kind]
        total += _steps(run) * (guess if speed is None else speed)
    return total


def _steps(run: Run) -> int:
    return int(run.settings["training"]["steps"])


def _used(runs: list[Run], records: dict[str, dict[str, Any]]) -> str:
    parts = [
        usage_of(records[run.id]) if run.id in records else last_usage(run.folder) for run in runs
    ]
    return f"device hours so far: {device_hours(parts)}"


def _outline(plan: Plan) -> str:
    """How many trainings, and the hours of all of them: what the grid alone says."""
    study = plan.study
    starts = {
        (cell.task, cell.generator, cell.seed) for cell in plan.cells if begins_warm(cell.generator)
    }
    steps = len(plan.cells) * study.training.steps + len(starts) * study.warm_start.steps
    games = 0
    if section := study.discriminator_warm_start:
        with_one = [cell for cell in plan.cells if cell.adversarial_weight > 0]
        games = len({(c.task, c.generator, c.discriminator, c.seed) for c in with_one})
        steps += games * section.steps
    hours = _hours(steps * study.execution.seconds_per_step, study.execution, 0)
    return f"{_trainings(len(plan.cells), len(starts), games)}\n{hours}"


def _trainings(cells: int, warm_starts: int, discriminators: int) -> str:
    """How many trainings of each kind, in words."""
    if not discriminators:
        return f"{cells} cells and {warm_starts} warm starts"
    return f"{cells} cells, {warm_starts} warm starts and {discriminators} of discriminators"


def _hours(seconds: float, execution: Execution, measured: int) -> str:
    unit = "GPU-hours" if execution.resources.train.gpu else "hours"
    basis = f"a guess before any run: execution.seconds_per_step is {execution.seconds_per_step:g}"
    if measured:
        basis = f"measured on {measured} finished runs"
    return f"expected: {seconds / 3600:,.2f} {unit} of training, one at a time ({basis})"
