"""The ranks of the losses on each axis, over the settings and seeds that all of them have."""

from typing import Any

import numpy as np
import pandas as pd

from asymmetry.analysis.effect import Effects, all_judged, effects_on_axes
from asymmetry.stats.critical_difference import ranks
from asymmetry.study import Study
from asymmetry.tables.read import SCOPE, Tables

COLUMNS = [*SCOPE, "fidelity", "rank", "blocks", "difference", "p", "first", "last", "runs"]
_BLOCK = ["discriminator", "adversarial_weight", "seed"]
_FEWEST = 2  # losses, and blocks


def ranking(tables: Tables, study: Study) -> pd.DataFrame:
    """The mean rank of each loss by its effect on each axis, 1 is best: a row for each loss.

    A block is a discriminator, weight and seed. Only blocks with a value of every loss count. As
    long as there are not two, the loss that most blocks lack is left out; it has no rank. `first`
    and `last` are the places, in the order of the ranks, of the ends of the largest group from this
    loss on in which no two differ by Nemenyi's test; NaN where no group begins with it. `runs` are
    those that count.
    """
    rows = [
        row
        for judged in all_judged(tables, study.evaluation.judges)
        for effects in effects_on_axes(judged, study.evaluation.axes)
        for row in _of_axis(effects)
    ]
    return pd.DataFrame(rows, columns=COLUMNS)


def _of_axis(effects: Effects) -> list[dict[str, Any]]:
    cells = effects.done.assign(value=effects.level).dropna(subset="value")
    table = cells.pivot_table(index="fidelity", columns=_BLOCK, values="value")
    # A setting that one loss alone was given compares nothing.
    table = table.loc[:, table.notna().sum() >= _FEWEST]
    kept = table
    while len(kept) > _FEWEST and len(kept.dropna(axis=1).columns) < _FEWEST:
        kept = kept.drop(index=kept.isna().sum(axis=1).idxmax())
    kept = kept.dropna(axis=1)
    scope = dict(zip(SCOPE, effects.scope, strict=True))
    losses = effects.cells["fidelity"].unique().tolist()
    if len(kept) < _FEWEST or kept.shape[1] < _FEWEST:
        return [scope | {"fidelity": loss} for loss in losses]
    found = ranks(kept.to_numpy())
    ordered = kept.index[np.argsort(found.mean, kind="stable")]
    rank = dict(zip(kept.index, found.mean, strict=True))
    ends = {ordered[first]: (first, last) for first, last in found.cliques}
    counted = cells.set_index(_BLOCK).loc[kept.columns].groupby("fidelity")["run"]
    runs = counted.agg(lambda own: " ".join(sorted(own)))
    about = {"blocks": kept.shape[1], "difference": found.difference, "p": found.p}
    return [
        scope
        | {"fidelity": loss}
        | ({"rank": rank[loss], "runs": runs[loss]} | about if loss in rank else {})
        | (dict(zip(("first", "last"), ends[loss], strict=True)) if loss in ends else {})
        for loss in [*ordered, *(loss for loss in losses if loss not in rank)]
    ]
