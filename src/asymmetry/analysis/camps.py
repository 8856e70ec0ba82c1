"""Which judges see the settings alike: their correlations, and the camps that these form."""

from typing import Any

import numpy as np
import pandas as pd
from scipy.cluster.hierarchy import fcluster, leaves_list, linkage
from scipy.spatial.distance import squareform

from asymmetry.analysis.effect import all_judged, effects_of
from asymmetry.analysis.judging import Judged, mean_of_known, settings_of
from asymmetry.study import Study
from asymmetry.tables.read import MEASURED, Tables

COLUMNS = [*MEASURED, "judge", "axis", "other", "value", "n", "place", "camp"]
MODERATE = 0.5  # the mean correlation within a camp, as H9 has it for the agreement of an axis
_FEWEST = 3  # settings that a correlation needs


def camps(tables: Tables, study: Study) -> pd.DataFrame:
    """The correlation of each pair of judges over the settings, in each task, generator and set.

    A row for each ordered pair, also of a judge with itself: Pearson's correlation `value` over the
    `n` settings that both have judged, NaN of fewer than three or where one sees all alike. A judge
    does not judge cells that it is the loss of. Better is higher for all. `place` is the judge's
    among those of its scope, so that like ones are neighbours; `camp` is the number of its cluster
    (average linkage, cut at a mean correlation of `MODERATE`; what is not known counts as 0), 0 of
    a judge that has no correlation, which is placed last.
    """
    axis_of = {judge: axis for axis, judges in study.evaluation.axes.items() for judge in judges}
    rows = [
        row
        for judged in all_judged(tables, study.evaluation.judges)
        for row in _of_scope(judged, axis_of)
    ]
    return pd.DataFrame(rows, columns=COLUMNS)


def _of_scope(judged: Judged, axis_of: dict[str, str]) -> list[dict[str, Any]]:
    if not judged.judges or not len(judged.done):
        return []
    effects = effects_of(judged, "all", judged.judges)
    means = pd.DataFrame(mean_of_known(effects.z, axis=2).T, columns=judged.judges)
    settings = means.groupby(settings_of(judged.done)).mean()
    table = settings.corr(min_periods=_FEWEST)
    known = settings.notna().astype(int)
    counts = known.T @ known
    place, camp = _clusters(table.to_numpy())
    scope = dict(zip(MEASURED, judged.scope, strict=True))
    return [
        scope
        | {"judge": judge, "axis": axis_of[judge], "other": other}
        | {"value": table.loc[judge, other], "n": counts.loc[judge, other]}
        | {"place": place[index], "camp": camp[index]}
        for index, judge in enumerate(judged.judges)
        for other in judged.judges
    ]


def _clusters(correlations: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
    """The place and the camp of each judge [judges]."""
    known = np.flatnonzero(np.isfinite(correlations.diagonal()))
    camp = np.zeros(len(correlations), dtype=int)
    camp[known] = 1
    order = known
    if len(known) > 1:
        distance = 1 - np.nan_to_num(correlations[np.ix_(known, known)])
        np.fill_diagonal(distance, 0)
        tree = linkage(squareform(distance, checks=False), "average", optimal_ordering=True)
        order = known[leaves_list(tree)]
        camp[known] = fcluster(tree, 1 - MODERATE, "distance")
    order = np.concatenate([order, np.flatnonzero(camp == 0)])
    return np.argsort(order), camp
