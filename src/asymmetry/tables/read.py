"""The tables of a study: what every figure and every claim reads, and nothing else."""

from dataclasses import dataclass, field, fields
from pathlib import Path

import pandas as pd

from asymmetry.core.errors import UserError
from asymmetry.metrics.conventions import check_conventions
from asymmetry.planning.run import DISCRIMINATOR_WARM_START
from asymmetry.tables.power import load_power, no_power
from asymmetry.tables.schemas import (
    COLLAPSED,
    COLUMNS,
    DIVERGED,
    DONE,
    empty_table,
    schema_problem,
)

MEASURED = ["task", "generator", "set"]  # where cells can be compared
SCOPE = [*MEASURED, "axis"]  # and on which axis: where a conclusion holds


@dataclass(frozen=True)
class Tables:
    """The tables of a study, as `schemas` has them; of a stage that has not run, without rows.

    `power` is as `tables.power` has it, without rows where nobody asked for it.
    """

    runs: pd.DataFrame
    scores: pd.DataFrame
    trajectories: pd.DataFrame
    skill: pd.DataFrame
    optimisability: pd.DataFrame
    transfer: pd.DataFrame
    effect: pd.DataFrame
    asymmetry: pd.DataFrame
    hypotheses: pd.DataFrame
    robustness: pd.DataFrame
    reliability: pd.DataFrame
    skill_values: pd.DataFrame
    power: pd.DataFrame = field(default_factory=no_power, kw_only=True)

    @property
    def cells(self) -> pd.DataFrame:
        """The rows of `runs` that are cells of the grid, whatever became of them."""
        return self.runs[self.runs["kind"] == "cell"]

    @property
    def restorers(self) -> pd.DataFrame:
        """The rows of `runs` that restore images: all but the warm starts of discriminators."""
        return self.runs[self.runs["kind"] != DISCRIMINATOR_WARM_START]

    @property
    def coverage(self) -> "Coverage":
        """How many cells there are, and what became of them."""
        return coverage(self.cells["status"])


# Those that stages make.
TABLES = tuple(one.name for one in fields(Tables) if one.name in COLUMNS)


@dataclass(frozen=True)
class Coverage:
    """How many cells were planned, and how many of them are done, ended badly or are missing."""

    planned: int
    done: int
    diverged: int
    collapsed: int
    missing: int

    def __str__(self) -> str:
        """In words: `19 of 21 cells done, 1 diverged, 1 missing`."""
        if not self.planned:
            return "no cells yet"
        parts = [f"{self.done} of {self.planned} cells done"]
        parts += [f"{self.diverged} diverged"] if self.diverged else []
        parts += [f"{self.collapsed} collapsed"] if self.collapsed else []
        parts += [f"{self.missing} missing"] if self.missing else []
        return ", ".join(parts)


def coverage(status: pd.Series) -> Coverage:
    """How many cells have each status."""
    counts = [int((status == state).sum()) for state in (DONE, DIVERGED, COLLAPSED)]
    done, diverged, collapsed = counts
    return Coverage(len(status), done, diverged, collapsed, len(status) - sum(counts))


def of_set(rows: pd.DataFrame, name: str | None) -> pd.DataFrame:
    """The rows of the evaluation set of this name; all rows, where none is of it."""
    own = rows["set"] == name if "set" in rows else pd.Series(False, rows.index)
    return rows[own] if own.any() else rows


def table_path(results: Path, name: str) -> Path:
    """Where a table lies."""
    return results / f"{name}.parquet"


def load_tables(results: Path) -> Tables:
    """All tables in a folder; one that is absent has no rows.

    Raises UserError where a table cannot be read, is not as its schema says, or mixes two
    conventions.
    """
    staged = {name: _load(results, name) for name in TABLES}
    tables = Tables(**staged, power=load_power(results))
    scored = pd.concat([tables.scores, tables.trajectories], ignore_index=True)
    check_conventions(scored, str(table_path(results, "scores")))
    return tables


def read_table(path: Path, name: str, remedy: str) -> pd.DataFrame:
    """The table `name` in a parquet file.

    Raises UserError, ending in the remedy, where it cannot be read or is not as its schema says.
    """
    try:
        table = pd.read_parquet(path)
    except (OSError, ValueError) as error:  # pyarrow's own errors are ValueErrors
        reason = " ".join(str(error).split())[:120]
        raise UserError(f"{path}: cannot be read as parquet ({reason}); {remedy}") from None
    if problem := schema_problem(table, name):
        raise UserError(f"{path}: {problem}; {remedy}")
    return table


def _load(results: Path, name: str) -> pd.DataFrame:
    path = table_path(results, name)
    if not path.is_file():
        return empty_table(name)
    return read_table(path, name, "remove the file and run its stage again")
