"""The figures that were drawn, with what is behind each."""

import json
from collections import Counter
from pathlib import Path
from typing import Any

import pandas as pd

from asymmetry.figures.registry import FORMATS, figure_names
from asymmetry.report.usage import device_seconds
from asymmetry.tables.schemas import DONE

_DEFAULT_RESULTS = "results"


def figures(folder: Path, runs: pd.DataFrame) -> list[dict[str, Any]]:
    """The figures below `folder`, in reading order, with the content of their JSON.

    Beside it: `files`; `counts`, the number of cells by status; `unfinished`, the ids of those that
    are not done by status; `device_seconds`, what the trainings of the cells used; the `command`.
    """
    found = []
    for name in figure_names():
        record = folder / "figures" / f"{name}.json"
        if record.is_file():
            figure = json.loads(record.read_text(encoding="utf-8"))
            found.append(figure | _behind(name, figure["cells"], runs, folder))
    return found


def command_of(target: str, results: str) -> str:
    """The command that makes a file of the results again, in the project's folder."""
    study = "" if results == _DEFAULT_RESULTS else " --configfile STUDY.yaml"
    return f"snakemake --cores all --force {results}/{target}{study}"


def _behind(name: str, cells: dict[str, str], runs: pd.DataFrame, folder: Path) -> dict[str, Any]:
    states = sorted(set(cells.values()) - {DONE})
    return {
        "files": {kind: f"figures/{name}.{kind}" for kind in FORMATS},
        "counts": Counter(cells.values()),
        "unfinished": {
            state: [run for run, status in cells.items() if status == state] for state in states
        },
        "device_seconds": device_seconds(runs, cells),
        "command": command_of(f"figures/{name}.svg", folder.as_posix()),
    }
