"""H9: whether the judges rank the trained generators alike."""

import numpy as np

from asymmetry.analysis.hypotheses.contract import Finding, sentences, with_draws
from asymmetry.analysis.hypotheses.evidence import Evidence
from asymmetry.analysis.judging import Judged
from asymmetry.stats.agreement import concordance_p, kendall_w

ID = "H9"
CLAIM = "The judges agree on which generators are better"
SOURCE = "ours"
SILENT = (
    "The paper's judges are no-reference models (R), some on the backbones of its losses. Here: "
    "Kendall's W of all judges, and every conclusion again without each of them."
)
TABLES = ("runs", "scores")
UNIT = "cells"
MODERATE = 0.5
POWER = "none: the interval of W is compared with a border, not with chance"


def findings(evidence: Evidence) -> list[Finding]:
    """A finding for each task, generator and set."""
    return [_finding(judged, evidence) for judged in evidence.judged]


def _finding(judged: Judged, evidence: Evidence) -> Finding:
    judges = [
        index
        for index, name in enumerate(judged.judges)
        if name not in evidence.left_out and np.isfinite(judged.z[index, :, 0]).any()
    ]
    z = judged.z[judges]
    z = z[:, np.isfinite(z[:, :, 0]).all(axis=0)]
    finding = Finding(
        judged.scope,
        "every cell",
        f"Kendall's W of {len(judges)} judges over cells",
        n=z.shape[1],
        coverage=f"{z.shape[1]} of {len(judged.cells)} cells",
        note="There are fewer than two judges, or fewer than three cells that all of them judged.",
    )
    if len(judges) < 2 or z.shape[1] < 3:
        return finding
    concordance = kendall_w(np.moveaxis(z, 2, 0))
    value = float(concordance[0])
    return with_draws(
        finding,
        value,
        concordance[1:],
        border=MODERATE,
        p=concordance_p(value, len(judges), z.shape[1]),
        note=sentences(
            f"Judges: {', '.join(judged.judges[index] for index in judges)}.",
            f"Supported: interval above {MODERATE}; contradicted: below. The interval is over "
            "images; the cells are fixed.",
        ),
    )
