"""A study's own grid, as evidence of a truth: what its real analysis would read."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass

import pandas as pd

from asymmetry.analysis.balance import BALANCE
from asymmetry.analysis.hypotheses.evidence import MEASURES, Evidence
from asymmetry.analysis.judging import Judged
from asymmetry.metrics.contracts import PEOPLE
from asymmetry.simulation.study import empty_tables, judged_of, row_of
from asymmetry.stats.arrays import Array
from asymmetry.study import Study
from asymmetry.study.grid import cells
from asymmetry.tables.read import MEASURED
from asymmetry.tables.schemas import COLUMNS

# Of cells [rows] of one task and generator, whose number is given: values [judges, done, images].
Values = Callable[[pd.DataFrame, int], Array]


@dataclass(frozen=True)
class Design:
    """The cells of a study, all done, as rows of the table `runs`; who judges them, and where.

    At each of the `snapshots`, shares of the steps, they are seen as at the end.
    All evaluation sets have the same cells, so one stands for them: `set_name`.
    """

    cells: pd.DataFrame
    judges: list[str]
    axes: Mapping[str, list[str]]
    set_name: str
    practically_equal: float = 0.1
    snapshots: tuple[float, ...] = ()

    @property
    def losses(self) -> list[str]:
        """The fidelity losses, in the order of the grid."""
        return [str(name) for name in pd.unique(self.cells["fidelity"])]

    def evidence(
        self,
        frame: pd.DataFrame,
        values: Values,
        losses: pd.DataFrame,
        tables: Mapping[str, pd.DataFrame],
    ) -> Evidence:
        """The evidence of these cells with these values; `losses` is their skill.

        `frame` has the cells of the design with what became of them.
        """
        judged = [
            judged_of(
                own.reset_index(drop=True),
                values(own.reset_index(drop=True), index),
                (str(scope[0]), str(scope[1]), self.set_name),
                self.judges,
            )
            for index, (scope, own) in enumerate(frame.groupby(MEASURED[:2], sort=False))
            if isinstance(scope, tuple)
        ]
        known = {
            "runs": frame.reindex(columns=COLUMNS["runs"]),
            "scores": frame[:1].reindex(columns=COLUMNS["scores"]),
        }
        way: dict[tuple[str, ...], Judged] = {one.scope: one for one in judged}
        return Evidence(
            empty_tables(**(known | dict(tables))),
            judged,
            self.axes,
            losses,
            practically_equal=self.practically_equal,
            snapshots=dict.fromkeys(self.snapshots, way),
        )


def design_of(study: Study) -> Design:
    """The design of a study."""
    frame = pd.DataFrame(
        [row_of(cell, *_of_discriminator(study, cell.discriminator)) for cell in cells(study)]
    )
    measured = study.evaluation.all_metrics
    judges = [name for name in study.evaluation.judges if name in measured]
    judges += [name for name in MEASURES if name in measured and name not in judges]
    judges += [BALANCE] if study.evaluation.artifacts_beside else []
    axes = {axis: names for axis, names in study.evaluation.axes.items() if axis != PEOPLE}
    return Design(
        frame.astype(object).infer_objects(),
        judges,
        axes,
        next(iter(study.evaluation.sets)),
        study.evaluation.practically_equal,
        tuple(study.training.snapshots),
    )


def _of_discriminator(study: Study, name: str) -> tuple[str | None, str | None, str | None, bool]:
    spec = study.discriminators.get(name)
    if spec is None:
        return None, None, None, False
    return spec.backbone, spec.head, spec.initialisation, spec.frozen
