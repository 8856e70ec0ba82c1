"""What a hypothesis gives: findings. One is a row of the table `hypotheses`, without its claim."""

from collections.abc import Iterable
from dataclasses import dataclass, replace

import numpy as np

from asymmetry.stats.intervals import ALPHA, holm

Scope = tuple[str, str, str]  # task, generator, set
ALL = "all"
EVERYWHERE: Scope = (ALL, ALL, ALL)
SUPPORTED, CONTRADICTED, UNDECIDED = "supported", "contradicted", "undecided"
FEWEST = 5  # losses; of fewer, no rank correlation reaches p ≤ ALPHA, whatever the order

# Whose claim it is, by the tags of the public record.
SOURCES = {
    "P": "the paper's own abstract",
    "R": "the paper's public reviewers describe it",
    "A": "an automatic summary of the paper, unsafe on numbers",
    "I": "inferred from the authors' earlier work",
    "ours": "not the paper's claim; its reviewers found the question open",
}


@dataclass(frozen=True)
class Finding:
    """What the tables say of a claim in one scope and regime; NaN for what there is not.

    Scope and regime together are unique within a hypothesis. `low` and `high` are the ends of the
    95 % interval; `power` is that of the test at the effect that the hypothesis states.
    """

    scope: Scope
    regime: str
    statistic: str
    value: float = np.nan
    low: float = np.nan
    high: float = np.nan
    p: float = np.nan
    n: int = 0
    power: float = np.nan
    verdict: str = UNDECIDED
    coverage: str = ""
    note: str = ""


def sentences(*parts: str) -> str:
    """Those that there are, as one text."""
    return " ".join(filter(None, parts))


def by_interval(low: float, high: float, border: float = 0.0) -> str:
    """Supported where the interval is above the border, contradicted where it is below."""
    return SUPPORTED if low > border else CONTRADICTED if high < border else UNDECIDED


def by_sign(value: float, p: float) -> str:
    """Supported where the value is significantly above zero, contradicted where below."""
    if not p <= ALPHA:
        return UNDECIDED
    return SUPPORTED if value > 0 else CONTRADICTED


def family(findings: Iterable[Finding], sign: int = 1) -> list[Finding]:
    """Findings of one family of tests: p after Holm, and the verdict from it and the sign.

    `sign` is -1 where a claim is that the value is negative. A finding without p stays as it is.
    """
    found = list(findings)
    adjusted = holm([finding.p for finding in found])
    return [
        replace(one, p=p, verdict=by_sign(sign * one.value, p)) if np.isfinite(p) else one
        for one, p in zip(found, adjusted, strict=True)
    ]
