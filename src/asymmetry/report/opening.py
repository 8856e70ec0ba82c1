"""What a mark of a figure opens: the images of its runs, or else what became of the first."""

from collections.abc import Iterable, Mapping
from typing import Any
from urllib.parse import quote

import pandas as pd

from asymmetry.report.comparison import Comparison, address
from asymmetry.tables.names import name_of
from asymmetry.tables.schemas import DONE

_MOST = 5  # runs that the page of images shows beside the reference
_COLUMNS = (
    "opens",
    "run",
    "runs",
)  # in which the numbers of a figure name runs, the first that does


class Opening:
    """The addresses of runs in the pages of a study."""

    def __init__(self, compared: Comparison, runs: Iterable[str]) -> None:
        """`runs` are those that the list of all runs has."""
        self._listed = set(runs)
        self._views = compared.views
        self._tasks = {cell["run"]: str(cell["task"]) for cell in compared.cells}
        self._shown = {
            cell["run"]: self._pictured(place, cell, compared.data)
            for place, cell in enumerate(compared.cells)
            if cell["status"] == DONE
        }

    def address(self, row: Mapping[str, Any]) -> str | None:
        """What a row of a figure's numbers opens; None where it names no run."""
        column = next((one for one in _COLUMNS if one in row and not pd.isna(row[one])), None)
        runs = str(row[column]).split() if column else []
        pictured = [run for run in runs if self._shown.get(run)]
        if pictured:
            view = self._view(self._shown[pictured[0]], row.get("set"))
            beside = [run for run in pictured if view in self._shown[run]][:_MOST]
            task = self._tasks[pictured[0]]
            names = [f"{task}/reference", *map(name_of, beside)]
            return f"compare.html{address(self._views[view], task, names, 2)}"
        listed = next((run for run in runs if run in self._listed), None)
        return f"#{quote(anchor(listed))}" if listed else None

    def _view(self, known: list[int], set_name: object) -> int:
        """The first of the known views that is of the set; else the first."""
        return next((one for one in known if self._views[one].set == set_name), known[0])

    def _pictured(self, place: int, cell: Mapping[str, Any], data: Mapping[str, Any]) -> list[int]:
        """The views that a cell has a picture of."""
        sizes, absent = data["sizes"][cell["task"]], data["absent"].get(str(place), [])
        return [view for view, size in enumerate(sizes) if size and view not in absent]


def anchor(run: str) -> str:
    """The id of the row of a run in the list of all runs."""
    return f"run-{run}"
