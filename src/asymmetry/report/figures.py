"""The figures that were drawn, with what is behind each."""

import json
from collections import Counter
from pathlib import Path
from typing import Any

import pandas as pd

from asymmetry.figures.registry import FORMATS, drawn_figures
from asymmetry.report.drawing import Address, drawing
from asymmetry.report.usage import device_seconds
from asymmetry.tables.schemas import DONE

_DEFAULT_RESULTS = "results"
_MOST = 4_000_000  # bytes of all drawings in a page


def figures(
    folder: Path,
    runs: pd.DataFrame,
    address: Address = lambda row: None,
    results: str = "",
    tables_in: str = "",
) -> list[dict[str, Any]]:
    """The figures below `folder`, in reading order, with the content of their JSON.

    Beside it: the `drawing` with marks that open the `address` of their row, None without marks or
    where the page would be too large; `files`; `counts`, the number of cells by status;
    `unfinished`, the ids of those that are not done by status; `device_seconds`, what the trainings
    of the cells used; the `command` that makes it again in `results`, by default in `folder`. The
    study's tables lie in the folder `tables_in` of `folder`, by default in that itself.
    """
    found, left = [], _MOST
    for name in drawn_figures(folder / tables_in):
        stem = folder / "figures" / name
        if stem.with_suffix(".json").is_file():
            figure = json.loads(stem.with_suffix(".json").read_text(encoding="utf-8"))
            drawn = drawing(stem, figure["title"], address)
            if drawn is not None and (left := left - len(drawn.encode())) < 0:
                left, drawn = left + len(drawn.encode()), None
            behind = _behind(stem, figure["cells"], runs, results or folder.as_posix())
            found.append(figure | {"drawing": drawn} | behind)
    return found


def command_of(target: str, results: str) -> str:
    """The command that makes a file of the results again, in the project's folder."""
    study = "" if results == _DEFAULT_RESULTS else " --configfile STUDY.yaml"
    return f"snakemake --cores all --force {results}/{target}{study}"


def _behind(stem: Path, cells: dict[str, str], runs: pd.DataFrame, results: str) -> dict[str, Any]:
    name = stem.name
    states = sorted(set(cells.values()) - {DONE})
    return {
        "files": {
            kind: f"figures/{name}.{kind}"
            for kind in FORMATS
            if stem.with_suffix(f".{kind}").is_file()
        },
        "counts": Counter(cells.values()),
        "unfinished": {
            state: [run for run, status in cells.items() if status == state] for state in states
        },
        "device_seconds": device_seconds(runs, cells),
        "command": command_of(f"figures/{name}.svg", results),
    }
