"""The balance of artifacts: whether an adversary takes more artifacts away than it adds.

(removed - added) / (removed + added), of the two means of LDL's artifact map that a cell with an
adversary has beside the same cell without one (`metrics.artifacts_ldl`): 1 where it only removes,
-1 where it only adds, 0 where both are alike. A cell without an adversary is beside itself: 0.
"""

from collections.abc import Sequence

import numpy as np
import pandas as pd

from asymmetry.metrics.contracts import BESIDE
from asymmetry.stats.arrays import Array
from asymmetry.tables.schemas import OK

BALANCE = "artifacts_beside"  # what stands in the place of a metric


def balance(done: pd.DataFrame, scores: pd.DataFrame, images: Sequence[str]) -> Array | None:
    """The balance [done cells, images] from the `scores` of one set; NaN where it is not known.

    Without `images`, of those that have one. None where no cell has any.
    """
    rows = scores[
        scores["run"].isin(done["run"]) & scores["metric"].isin(BESIDE) & (scores["status"] == OK)
    ]
    if rows.empty:
        return None
    wide = rows.pivot_table(index=["metric", "run"], columns="image", values="value")
    index = pd.MultiIndex.from_product([BESIDE, done["run"]])
    table = wide.reindex(index=index, columns=pd.Index(images) if images else wide.columns)
    added, removed = np.split(table.to_numpy(dtype=np.float64), 2)
    total = added + removed
    # Two outputs that are both the reference have nothing to add or to remove.
    found = np.divide(removed - added, total, out=np.zeros_like(total), where=total != 0)
    alone = (done["adversarial_weight"] == 0).to_numpy()
    return np.where(alone[:, None], 0.0, found)
