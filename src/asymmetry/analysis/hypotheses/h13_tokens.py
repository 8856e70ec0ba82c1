"""H13: the score of DINOv2 on textures. The tables do not say yet what causes it."""

import numpy as np
import pandas as pd

from asymmetry.analysis.hypotheses.contract import (
    ALL,
    EVERYWHERE,
    Finding,
    by_interval,
    sentences,
    undecidable,
)
from asymmetry.analysis.hypotheses.evidence import Evidence
from asymmetry.stats.intervals import ERRORS_IN_WIDTH, NORMAL_QUANTILE
from asymmetry.stats.power import power_of_estimate
from asymmetry.tables.schemas import OK

ID = "H13"
CLAIM = "DINOv2 with ImageNet weights fails on textures (TQD)"
SOURCE = "ours"
SILENT = (
    "Its reviewers saw a very low score without a cause (R). No table holds the two candidates, "
    "input size and token statistics: the cause stays undecided."
)
TABLES = ("transfer",)
UNIT = "models"
ASSUMED = 0.2
POWER = f"at a true difference of {ASSUMED} SRCC, normal, with the interval's own error"


def findings(evidence: Evidence) -> list[Finding]:
    """DINOv2 from its pretrained weights against all other pretrained trunks, on each TQD set."""
    rows = evidence.transfer
    rows = rows[(rows["initialisation"] == "pretrained") & (rows["status"] == OK)]
    rows = rows[rows["set"].str.contains("tqd", case=False) & (rows["mode"] == "fine-tune")]
    is_dino = rows["backbone"].astype(str).str.startswith("dinov2")
    if not is_dino.any() or is_dino.all():
        note = "There are no models from DINOv2, and from another trunk, on a set named TQD."
        finding = Finding(EVERYWHERE, ALL, "SRCC of DINOv2 minus that of the others")
        return [undecidable(finding, note)]
    return [
        _finding(str(name), models[is_dino[models.index]], models[~is_dino[models.index]])
        for name, models in rows.groupby("set", sort=False)
    ]


def _finding(name: str, dino: pd.DataFrame, others: pd.DataFrame) -> Finding:
    value = float(dino["value"].mean() - others["value"].mean())
    error = float(np.hypot(_error(dino), _error(others)))
    low, high = value - NORMAL_QUANTILE * error, value + NORMAL_QUANTILE * error
    return Finding(
        (ALL, ALL, name, ALL),
        "score",
        "SRCC of DINOv2 minus that of the others",
        value=value,
        low=low,
        high=high,
        n=len(dino) + len(others),
        power=power_of_estimate(ASSUMED, error),
        verdict=by_interval(low, high, sign=-1),
        coverage=f"{len(dino)} models from DINOv2, {len(others)} from other trunks",
        note=sentences(
            f"Mean SRCC {dino['value'].mean():.3f} and {others['value'].mean():.3f}.",
            "The interval is over test images; the trunks are fixed.",
        ),
    )


def _error(rows: pd.DataFrame) -> float:
    """The standard error of the mean, whose models share their test images."""
    return float((rows["high"] - rows["low"]).mean() / ERRORS_IN_WIDTH)
