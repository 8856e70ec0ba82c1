"""How far the judges are apart on one image of one cell."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass

import numpy as np
import pandas as pd

from asymmetry.analysis.judging import image_scores, own_losses, values_by_image
from asymmetry.stats.arrays import Array
from asymmetry.tables.read import SCOPE, Tables


@dataclass(frozen=True)
class Disagreement:
    """A cell's image, and the judges that think least and most of it, each with its z-score.

    The z-scores are those of the effect: within one task, generator and set, higher is better, and
    without a judge that is the cell's own loss.
    """

    run: str
    task: str
    set: str
    image: str
    least: tuple[str, float]
    most: tuple[str, float]

    @property
    def spread(self) -> float:
        """The most less the least."""
        return self.most[1] - self.least[1]


def disagreements(tables: Tables, judges: Sequence[str]) -> list[Disagreement]:
    """Every image of every done cell that two judges have a value of, the widest spread first."""
    found = []
    for (task, _), cells in tables.cells.groupby(SCOPE[:2], sort=False):
        done = cells[cells["status"] == "done"]
        for name, scores in tables.scores.groupby("set", sort=False):
            found += _within(done, scores, judges, str(task), str(name))
    return sorted(found, key=lambda one: (-one.spread, one.run, one.set, one.image))


def _within(
    done: pd.DataFrame, scores: pd.DataFrame, judges: Sequence[str], task: str, set_name: str
) -> list[Disagreement]:
    measured = set(scores["metric"])
    known = [judge for judge in judges if judge in measured]
    values, images = values_by_image(done, scores, known)
    z = image_scores(values)
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
