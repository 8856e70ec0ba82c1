"""The page of what is there of a study, in a folder of its own; nothing is written to the results.

A process of its own makes it: what it takes of memory and time is not the server's.
"""

import os
import shutil
import sys
from collections.abc import Iterator, Sequence
from pathlib import Path

import pandas as pd

from asymmetry.analysis.analyse import analyse
from asymmetry.core.errors import UserError
from asymmetry.core.files import read_object
from asymmetry.figures.registry import drawn_figures
from asymmetry.figures.write import draw
from asymmetry.pipeline.stages import Stages
from asymmetry.planning.plan import Plan
from asymmetry.report.build import write_report
from asymmetry.study import read_study
from asymmetry.tables.beside import values_path
from asymmetry.tables.collect import joined, runs_table
from asymmetry.tables.people import with_people
from asymmetry.tables.power import FILE as POWER
from asymmetry.tables.read import table_path
from asymmetry.tables.schemas import MISSING, write_table
from asymmetry.weights.lock import read_lock

_BESIDE = ("crops", "photos.csv", POWER)  # what the pages show of the results as it is


def make_page(stages: Stages, folder: Path) -> None:
    """Write tables, figures and pages to a folder, from the runs and the parts that are there.

    What is damaged, or half copied, counts as not there yet.
    """
    folder.mkdir(parents=True, exist_ok=True)
    write_table(runs_table(stages.plan, _record), "runs", table_path(folder, "runs"))
    for name, stage in stages.by_table.items():
        _collect(stages, name, [part.path for part in stage.parts], folder)
    skill = [part.path for part in stages.skill.parts]
    _collect(stages, "skill_values", list(map(values_path, skill)), folder)
    for beside in _BESIDE:
        if (there := stages.results / beside).exists():
            (folder / beside).symlink_to(there.resolve())
    # All pages have one folder of maps, so that a picture's are drawn once.
    maps = folder.parent / "maps"
    maps.mkdir(exist_ok=True)
    (folder / "maps").symlink_to(maps.resolve())
    analyse(stages.study, folder)
    draw(stages.study, drawn_figures(folder), folder)
    write_report(stages.study, folder)


def _record(path: Path) -> dict[str, object]:
    """A `run.json`; that of a missing run where it is damaged."""
    return {"status": MISSING} | read_object(path)


def _collect(stages: Stages, name: str, parts: Sequence[Path], folder: Path) -> None:
    """Join the parts of a table; without any, a table that came from elsewhere is taken."""
    found, whole = list(_readable(parts)), table_path(stages.results, name)
    if found or not parts:  # a study without snapshots has a table without rows
        table = joined(found, name)
        if name == "scores":
            table = with_people(table, stages.study, stages.assessment.assessed)
        write_table(table, name, table_path(folder, name))
    elif list(_readable([whole])):
        shutil.copyfile(whole, table_path(folder, name))


def _readable(paths: Sequence[Path]) -> Iterator[Path]:
    """The parquet files that are there and whole."""
    for path in paths:
        try:
            pd.read_parquet(path)
        except (OSError, ValueError):  # pyarrow's own errors are ValueErrors
            continue
        yield path


def main(study: str, folder: str) -> None:
    """Make the page of a study's file in a folder; a user's mistake is a line."""
    os.nice(10)
    try:
        file = Path(study)
        make_page(Stages(Plan(read_study(file), read_lock(file))), Path(folder))
    except UserError as error:
        sys.exit(f"error: {error}")


if __name__ == "__main__":
    main(*sys.argv[1:])
