"""Finding runs by what a user types, and finding the folders of runs."""

import re
from collections.abc import Iterator
from glob import escape
from os import walk
from pathlib import Path

from asymmetry.planning.plan import Plan
from asymmetry.planning.run import RUNS, Run

# A folder with such a name, and one of these files in it, is a run's.
_RUN = re.compile(r"seed\d+-[0-9a-f]{8}")
_FILES = ("run.json", "finished.json", "checkpoint.bin")


def find_runs(plan: Plan, text: str) -> list[Run]:
    """The runs of the study with this id, the beginning of an id, or the name of a cell.

    An id of the same cell with other digits is found too, so an old folder leads to today's run.
    Raises UserError with the nearest id where there is none.
    """
    asked = text.removeprefix(f"{RUNS}/").rstrip("/")
    name = asked.rpartition("-")[0] if _RUN.fullmatch(asked.rpartition("/")[2]) else asked
    for fits in (
        lambda run: run.id == asked,
        lambda run: readable(run.id) == name,
        lambda run: run.id.startswith(asked),
    ):
        if found := [run for run in plan.by_id.values() if fits(run)]:
            return found
    return [plan.find(text)]


def readable(run_id: str) -> str:
    """A run's id without its digits."""
    return run_id.rpartition("-")[0]


def former_runs(run: Run) -> list[Path]:
    """The folders of finished runs of the same cell with other digits, sorted."""
    records = RUNS.glob(f"{escape(readable(run.id))}-*/run.json")
    folders = (record.parent for record in records)
    return sorted(f for f in folders if _RUN.fullmatch(f.name) and f != run.folder)


def run_folders(root: Path) -> Iterator[Path]:
    """Every folder below `root` that is certainly a run's; hidden folders are skipped."""
    for parent, folders, files in walk(root):
        folders[:] = sorted(name for name in folders if not name.startswith("."))
        if _RUN.fullmatch(Path(parent).name) and not set(_FILES).isdisjoint(files):
            folders.clear()
            yield Path(parent)
