"""How much the judges disagree on one image of one cell."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass

import numpy as np
import pandas as pd

from asymmetry.analysis.judging import own_losses, settings_of, values_by_image, z_scores
from asymmetry.stats.arrays import Array
from asymmetry.tables.read import MEASURED, Tables
from asymmetry.tables.schemas import DONE


@dataclass(frozen=True)
class Disagreement:
    """An image of a cell, and the judges with the least and the greatest z-score of it.

    The z-scores are those of the effect: within one task, generator and set; higher is better. A
    judge that is the cell's own loss is left out.
    """

    run: str
    task: str
    set: str
    image: str
    least: tuple[str, float]
    most: tuple[str, float]

    @property
    def spread(self) -> float:
        """The difference of both z-scores."""
        return self.most[1] - self.least[1]


def disagreements(tables: Tables, judges: Sequence[str]) -> list[Disagreement]:
    """Each image of each done cell of which two judges have a value, the widest spread first.

    Without a cell, of all runs: those of folders that were made elsewhere.
    """
    found = []
    judged = tables.cells if len(tables.cells) else tables.runs
    for (task, _), cells in judged.groupby(MEASURED[:2], sort=False):
        done = cells[cells["status"] == DONE]
        for name, scores in tables.scores.groupby("set", sort=False):
            found += _within(done, scores, judges, str(task), str(name))
    return sorted(found, key=lambda one: (-one.spread, one.run, one.set, one.image))


def _within(
    done: pd.DataFrame, scores: pd.DataFrame, judges: Sequence[str], task: str, set_name: str
) -> list[Disagreement]:
    measured = set(scores["metric"])
    known = [judge for judge in judges if judge in measured]
    values, images = values_by_image(done, scores, known)
    z = z_scores(values, settings_of(done), done["seed"].to_numpy())
    z[own_losses(done, known)] = np.nan
    runs = done["run"].tolist()
    return [
        Disagreement(
            runs[cell],
            task,
            set_name,
            images[image],
            _judge(z[:, cell, image], known, np.nanargmin),
            _judge(z[:, cell, image], known, np.nanargmax),
        )
        for cell, image in zip(*np.nonzero(np.isfinite(z).sum(0) >= 2), strict=True)
    ]


def _judge(z: Array, judges: Sequence[str], pick: Callable[[Array], np.intp]) -> tuple[str, float]:
    index = int(pick(z))
    return judges[index], float(z[index])
