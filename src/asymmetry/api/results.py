"""A study's tables, opened from Python."""

from dataclasses import dataclass
from pathlib import Path

from asymmetry.core.errors import UserError
from asymmetry.study import read_study
from asymmetry.tables.read import Tables, load_tables, table_path


@dataclass(frozen=True, repr=False)
class Results(Tables):
    """The tables of a study as data frames; a stage that has not run gives one without rows.

    Attributes:
        runs: One row a training, with its settings, status, steps, time and device.
        cells: The rows of `runs` that are cells of the grid.
        scores: One row for each run, image and metric.
        trajectories: The same of the snapshots that cells keep on their way, with their step.
        skill: How well each loss and metric agrees with the scores of each IQA set.
        effect: How good the outputs of each setting are, as the judges see them.
        asymmetry: Skill beside effect, one row for each loss and regime.
        hypotheses: The claims, each with statistic, interval, p, power and verdict.
        robustness: Every conclusion again without each judge and each backbone family.
        reliability: How alike the judges of each axis see the settings.
        skill_values: The value of each loss and metric for each image, behind `skill`.
        optimisability: How good an objective each loss is.
        transfer: What the discriminators bring to IQA.
        power: The chance of each claim's verdict in simulated studies, where somebody asked for it.
        coverage: How many cells are planned, done, diverged and missing.
        folder: Where the tables lie.
    """

    folder: Path

    def __repr__(self) -> str:
        return f"<study in {self.folder}: {self.coverage}>"


def open_study(path: str | Path = "params.yaml") -> Results:
    """The results of a study.

    Args:
        path: The study's YAML file, or the folder that its tables lie in. As for the command
            line, the folder of results in a YAML file counts from the current folder.

    Raises:
        UserError: The file is not a study, it has no results yet, or a table cannot be read.

    Examples:
        >>> study = asymmetry.open_study("published/bench-cpu/tables")
        >>> study
        <study in published/bench-cpu/tables: 78 of 78 cells done>
        >>> len(study.cells)
        78
    """
    path = Path(path)
    folder = path if path.is_dir() else Path(read_study(path).results)
    if not table_path(folder, "runs").is_file():
        raise UserError(f"{folder}: has no results of a study yet; run `make study`, or check path")
    tables = load_tables(folder)
    return Results(**vars(tables), folder=folder)
