"""H10: whether the conclusions are the same for every task and generator."""

from collections import defaultdict
from collections.abc import Iterator

import numpy as np

from asymmetry.analysis.hypotheses import h01_prediction, h02_misalignment, h05_patch
from asymmetry.analysis.hypotheses.contract import (
    ALL,
    CONTRADICTED,
    SUPPORTED,
    UNDECIDED,
    Finding,
    Scope,
    by_interval,
)
from asymmetry.analysis.hypotheses.evidence import Evidence
from asymmetry.analysis.skill import fisher_z
from asymmetry.stats.agreement import heterogeneity, sign_agreement
from asymmetry.stats.intervals import ALPHA, NORMAL

ID = "H10"
CLAIM = "The conclusions hold beyond one task and one generator"
SOURCE = "ours"
SILENT = "The paper has super-resolution and SwinIR alone (R). Here: H1, H2 and H5 in all of them."
TABLES = ("runs", "scores", "skill")
UNIT = "pairs of task and generator"
FEWEST_SIGNS = 6  # of fewer, no sign test reaches p ≤ ALPHA
BORDER = 0.5
POWER = "none: how much conclusions differ between tasks is what is asked, and no size is expected"


def findings(evidence: Evidence) -> list[Finding]:
    """Sign agreement and I² of each conclusion over tasks and generators, for each set."""
    parts: defaultdict[tuple[str, str], list[Finding]] = defaultdict(list)
    for name, one in _conclusions(evidence):
        if np.isfinite(one.value) and one.high > one.low:
            parts[name, one.scope[2]].append(one)
    found: list[Finding] = []
    for (name, set_name), own in parts.items():
        found += _pair((ALL, ALL, set_name), name, own)
    return found


def _conclusions(evidence: Evidence) -> Iterator[tuple[str, Finding]]:
    for one in h01_prediction.findings(evidence):
        yield f"H1 {one.regime}", one
    for one in h02_misalignment.findings(evidence):
        yield "H2", one
    for one in h05_patch.findings(evidence):
        if one.regime == h05_patch.EVERY:
            yield "H5", one


def _pair(scope: Scope, name: str, own: list[Finding]) -> list[Finding]:
    regimes = [f"{name}: sign", f"{name}: I²"]
    statistics = [
        "share of tasks and generators with the sign of their mean",
        "I² over tasks and generators",
    ]
    n, coverage = len(own), ", ".join(f"{one.scope[0]} · {one.scope[1]}" for one in own)
    if n < 2:
        note = "One task and generator: nothing to compare."
        return [
            Finding(scope, regime, statistic, n=n, coverage=coverage, note=note)
            for regime, statistic in zip(regimes, statistics, strict=True)
        ]
    ends = np.array([[one.value, one.low, one.high] for one in own])
    scaled = fisher_z(ends) if name.startswith("H1") else ends
    found = heterogeneity(scaled[:, 0], (scaled[:, 2] - scaled[:, 1]) / (2 * NORMAL))
    count, low, high, p = sign_agreement(ends[:, 0], found.mean)
    opposed = bool((ends[:, 1] > 0).any() and (ends[:, 2] < 0).any())
    agreed = SUPPORTED if p <= ALPHA and count == n else UNDECIDED
    return [
        Finding(
            scope,
            regimes[0],
            statistics[0],
            value=count / n,
            low=low,
            high=high,
            p=p,
            n=n,
            verdict=CONTRADICTED if opposed else agreed,
            coverage=coverage,
            note=f"Supported: all agree, {FEWEST_SIGNS} or more of them; contradicted: an interval "
            "above zero and one below.",
        ),
        Finding(
            scope,
            regimes[1],
            statistics[1],
            value=found.i2,
            low=found.low,
            high=found.high,
            p=found.p,
            n=n,
            verdict=by_interval(-found.high, -found.low, border=-BORDER),
            coverage=coverage,
            note=f"Supported: interval below {BORDER}; contradicted: above. p: of Cochran's Q.",
        ),
    ]
