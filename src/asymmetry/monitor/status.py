"""A table of how the trainings of a study stand, renewed while one looks. Imports no torch."""

import time
from collections import Counter
from collections.abc import Iterable, Mapping
from contextlib import suppress

from rich.console import Console, Group
from rich.live import Live
from rich.table import Table
from rich.text import Text

from asymmetry.core.usage import device_hours, duration
from asymmetry.monitor.forecast import wide_console
from asymmetry.monitor.run_state import ENDED, STATES, RunState, state_of
from asymmetry.planning.plan import Plan
from asymmetry.planning.run import Run
from asymmetry.tables.schemas import COLLAPSED, DIVERGED, DONE

_EVERY_SECONDS = 2.0
_ONLY_COUNTED = {"waiting", DONE}
_STYLES = {
    "running": "green",
    "stopped": "red",
    "to be continued": "yellow",
    "failed": "red",
    DIVERGED: "magenta",
    COLLAPSED: "magenta",
}

States = Mapping[str, RunState]


def show_status(plan: Plan, every_run: bool) -> None:
    """Print the table; on a terminal, renew it until all trainings ended or Ctrl-C.

    Trainings that wait or are done are only counted, unless `every_run`.
    """
    runs = plan.trainings
    states = read_states(runs, {})
    console = Console()
    if not console.is_terminal:
        wide_console().print(status_table(runs, states, every_run))
        return
    with suppress(KeyboardInterrupt), Live(console=console, auto_refresh=False) as live:
        while True:
            live.update(status_table(runs, states, every_run), refresh=True)
            if all(state.name in ENDED for state in states.values()):
                return
            time.sleep(_EVERY_SECONDS)
            states = read_states(runs, states)


def read_states(runs: Iterable[Run], before: States) -> dict[str, RunState]:
    """How each run stands now, by id; one that had ended `before` is not read again."""
    now = time.time()
    ended = {name: state for name, state in before.items() if state.name in ENDED}
    return {run.id: ended.get(run.id) or state_of(run, now) for run in runs}


def status_table(runs: Iterable[Run], states: States, every_run: bool) -> Group:
    """Counts and device hours, then a row for each run that is not only counted."""
    table = Table(box=None, pad_edge=False)
    table.add_column("run", overflow="fold")
    table.add_column("state", no_wrap=True)
    for name in ("step", "steps/s", "left"):
        table.add_column(name, justify="right", no_wrap=True)
    table.add_column("", overflow="fold")
    shown = [run for run in runs if every_run or states[run.id].name not in _ONLY_COUNTED]
    for run in sorted(shown, key=lambda run: STATES.index(states[run.id].name)):
        table.add_row(*_row(run, states[run.id]))
    return Group(Text(_counts(states)), *([table] if shown else []))


def _counts(states: States) -> str:
    count = Counter(state.name for state in states.values())
    parts = [f"{count[name]} {name}" for name in STATES if count[name]]
    hours = device_hours(state.usage for state in states.values())
    return f"{len(states)} trainings: {', '.join(parts)}; device hours: {hours}"


def _row(run: Run, state: RunState) -> list[Text]:
    """The cells of a row, as texts: names may hold what rich takes for markup."""
    steps, speed = int(run.settings["training"]["steps"]), state.steps_per_second
    left = duration((steps - state.step) / speed) if state.step is not None and speed else ""
    return [
        Text(run.id),
        Text(state.name, style=_STYLES.get(state.name, "")),
        Text(f"{state.step}/{steps}" if state.step is not None else ""),
        Text(f"{speed:.3g}" if speed else ""),
        Text(left),
        Text(state.note),
    ]
