"""The tables of a study: what every figure and every claim reads, and nothing else."""

from dataclasses import dataclass
from pathlib import Path

import numpy as np
import pandas as pd

from asymmetry.core.errors import UserError
from asymmetry.metrics.conventions import check_conventions

# The columns that a table must have; stages may add others.
_COLUMNS = {
    "runs": "run kind task generator fidelity discriminator backbone head initialisation "
    "adversarial_weight seed status",
    "scores": "run task set image metric convention value status",
    "skill": "metric role set kind subset statistic value low high n",
    "optimisability": "fidelity image statistic value status",
    "transfer": "run discriminator backbone head fidelity adversarial_weight seed initialisation "
    "mode reference set split part statistic value low high n status",
    "effect": "task generator set fidelity discriminator adversarial_weight value low high status "
    "planned done diverged images seeds judges runs",
    "asymmetry": "task generator set fidelity regime skill skill_low skill_high "
    "effect effect_low effect_high settings",
    "hypotheses": "id claim task generator set regime statistic value low high p n power verdict "
    "coverage note",
    "robustness": "id task generator set regime left_out_kind left_out value low high verdict "
    "agrees",
}
COLUMNS = {name: columns.split() for name, columns in _COLUMNS.items()}
SCOPE = ["task", "generator", "set"]


@dataclass(frozen=True)
class Tables:
    """The long tables of a study (`COLUMNS`); of a stage that has not run, one without rows."""

    runs: pd.DataFrame
    scores: pd.DataFrame
    skill: pd.DataFrame
    optimisability: pd.DataFrame
    transfer: pd.DataFrame
    effect: pd.DataFrame
    asymmetry: pd.DataFrame
    hypotheses: pd.DataFrame
    robustness: pd.DataFrame

    @property
    def cells(self) -> pd.DataFrame:
        """The rows of `runs` that are cells of the grid, whatever became of them."""
        return self.runs[self.runs["kind"] == "cell"]

    @property
    def coverage(self) -> "Coverage":
        """How many cells there are, and what became of them."""
        return coverage(self.cells["status"])


@dataclass(frozen=True)
class Coverage:
    """How many cells were planned, and how many of them are done, diverged or missing."""

    planned: int
    done: int
    diverged: int
    missing: int

    def __str__(self) -> str:
        """In words: `19 of 21 cells done, 1 diverged, 1 missing`."""
        if not self.planned:
            return "no cells yet"
        parts = [f"{self.done} of {self.planned} cells done"]
        parts += [f"{self.diverged} diverged"] if self.diverged else []
        parts += [f"{self.missing} missing"] if self.missing else []
        return ", ".join(parts)


def coverage(status: pd.Series) -> Coverage:
    """Counts of the states of cells."""
    done, diverged = (int((status == state).sum()) for state in ("done", "diverged"))
    return Coverage(len(status), done, diverged, len(status) - done - diverged)


def table_path(results: Path, name: str) -> Path:
    """Where a table lies."""
    return results / f"{name}.parquet"


def load_tables(results: Path) -> Tables:
    """All tables in a folder; one that is absent has no rows.

    Raises UserError where a table cannot be read, lacks a column, or mixes two conventions.
    """
    tables = Tables(**{name: _load(results, name) for name in COLUMNS})
    check_conventions(tables.scores, str(table_path(results, "scores")))
    return tables


def empty_table(name: str) -> pd.DataFrame:
    """The table of this name without rows."""
    return pd.DataFrame({column: pd.Series(dtype=_dtype(column)) for column in COLUMNS[name]})


def _load(results: Path, name: str) -> pd.DataFrame:
    path = table_path(results, name)
    if not path.is_file():
        return empty_table(name)
    try:
        table = pd.read_parquet(path)
    except (OSError, ValueError) as error:  # pyarrow's own errors are ValueErrors
        reason = " ".join(str(error).split())[:120]
        raise UserError(
            f"{path}: cannot be read as parquet ({reason}); remove it and run its stage again"
        ) from None
    for column in COLUMNS[name]:
        if column not in table:
            raise UserError(
                f"{path}: has no column '{column}'; remove the file and run its stage again"
            )
    return table


_NUMBERS = {"value", "low", "high", "p", "n", "skill", "skill_low", "skill_high", "effect"}
_NUMBERS |= {"effect_low", "effect_high", "adversarial_weight", "seed", "settings", "split"}
_NUMBERS |= {"planned", "done", "diverged", "images", "seeds", "power"}


def _dtype(column: str) -> type:
    return np.float64 if column in _NUMBERS else object
