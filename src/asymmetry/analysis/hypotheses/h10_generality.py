"""H10: whether the conclusions are the same for every task and generator."""

from collections import defaultdict
from collections.abc import Iterator
from dataclasses import replace

import numpy as np

from asymmetry.analysis.hypotheses import h01_prediction, h02_misalignment, h05_patch
from asymmetry.analysis.hypotheses.contract import (
    ALL,
    Finding,
    Scope,
    by_interval,
    undecidable,
)
from asymmetry.analysis.hypotheses.evidence import Evidence
from asymmetry.stats.agreement import heterogeneity, sign_agreement
from asymmetry.stats.correlation import fisher_z
from asymmetry.stats.intervals import ERRORS_IN_WIDTH
from asymmetry.stats.significance import ALPHA
from asymmetry.tables.schemas import CONTRADICTED, SUPPORTED, UNDECIDED

ID = "H10"
CLAIM = "The conclusions hold beyond one task and one generator"
SOURCE = "ours"
SILENT = "The paper has super-resolution and SwinIR alone (R). Here: H1, H2 and H5 in all of them."
TABLES = ("runs", "scores", "skill")
UNIT = "pairs of task and generator"
FEWEST_SIGNS = 6  # of fewer, no sign test reaches p ≤ ALPHA
BORDER = 0.5
POWER = "none: no particular difference between tasks is expected"


def findings(evidence: Evidence) -> list[Finding]:
    """Sign agreement and I² of each conclusion over tasks and generators, for each set."""
    parts: defaultdict[tuple[str, str, str], list[Finding]] = defaultdict(list)
    for name, one in _conclusions(evidence):
        if np.isfinite(one.value) and one.high > one.low:
            parts[name, one.scope[2], one.scope[3]].append(one)
    found: list[Finding] = []
    for (name, set_name, axis), conclusions in parts.items():
        found += _pair((ALL, ALL, set_name, axis), name, conclusions)
    return found


def _conclusions(evidence: Evidence) -> Iterator[tuple[str, Finding]]:
    for one in h01_prediction.findings(evidence):
        yield f"H1 {one.regime}", one
    for one in h02_misalignment.findings(evidence):
        yield "H2", one
    for one in h05_patch.findings(evidence):
        if one.regime in (h05_patch.OVER_TRUNKS, h05_patch.FOR_THESE):
            yield "H5", one


def _pair(scope: Scope, name: str, conclusions: list[Finding]) -> list[Finding]:
    """Sign agreement and I² of a conclusion that is drawn for several tasks and generators."""
    n = len(conclusions)
    coverage = ", ".join(f"{one.scope[0]} · {one.scope[1]}" for one in conclusions)
    sign = Finding(
        scope,
        f"{name}: sign",
        "share of tasks and generators with the sign of their mean",
        n=n,
        coverage=coverage,
    )
    i2 = replace(sign, regime=f"{name}: I²", statistic="I² over tasks and generators")
    if n < 2:
        reason = "There is one task and generator only: it needs a second of either."
        return [undecidable(sign, reason), undecidable(i2, reason)]
    ends = np.array([[one.value, one.low, one.high] for one in conclusions])
    scaled = fisher_z(ends) if name.startswith("H1") else ends
    found = heterogeneity(scaled[:, 0], (scaled[:, 2] - scaled[:, 1]) / ERRORS_IN_WIDTH)
    count, low, high, p = sign_agreement(ends[:, 0], found.mean)
    opposed = bool((ends[:, 1] > 0).any() and (ends[:, 2] < 0).any())
    agreed = SUPPORTED if p <= ALPHA and count == n else UNDECIDED
    return [
        replace(
            sign,
            value=count / n,
            low=low,
            high=high,
            p=p,
            verdict=CONTRADICTED if opposed else agreed,
            note=f"Supported: all agree, {FEWEST_SIGNS} or more of them; contradicted: an interval "
            "above zero and one below.",
        ),
        replace(
            i2,
            value=found.i2,
            low=found.low,
            high=found.high,
            p=found.p,
            verdict=by_interval(found.low, found.high, BORDER, sign=-1),
            note=f"Supported: interval below {BORDER}; contradicted: above. p: of Cochran's Q.",
        ),
    ]
