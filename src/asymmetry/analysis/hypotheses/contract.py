"""What a hypothesis gives: findings. One is a row of the table `hypotheses`, without its claim."""

from collections.abc import Iterable
from dataclasses import dataclass, replace
from typing import Any

import numpy as np

from asymmetry.analysis.contrast import Contrast
from asymmetry.stats.arrays import Array
from asymmetry.stats.intervals import bootstrap_error, interval
from asymmetry.stats.power import power_of_estimate
from asymmetry.stats.significance import ALPHA, holm

Scope = tuple[str, str, str]  # task, generator, set
ALL = "all"
EVERYWHERE: Scope = (ALL, ALL, ALL)
SUPPORTED, CONTRADICTED, UNDECIDED = "supported", "contradicted", "undecided"
FEWEST = 5  # losses; of fewer, no rank correlation reaches p ≤ ALPHA, whatever the order
RESAMPLES = 2000  # where no judged image or seed is drawn

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
    """What the tables say of a claim in one scope and regime; NaN where they say nothing.

    Scope and regime together are unique within a hypothesis. `low` and `high` are the ends of the
    95 % interval. `power` is that of the test, for the effect that the hypothesis states.
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


def with_draws(
    finding: Finding,
    value: float,
    draws: Array,
    *,
    assumed: float = np.nan,
    border: float = 0.0,
    sign: int = 1,
    **others: Any,
) -> Finding:
    """The finding with its value, and with what the bootstrap draws [draws] of the value give.

    They give the interval, the power for a true effect of `assumed`, and the verdict: see
    `by_interval`. `others` are further fields, and replace these.
    """
    low, high = interval(draws)
    found: dict[str, Any] = {
        "value": value,
        "low": low,
        "high": high,
        "power": power_of_estimate(assumed, bootstrap_error(draws)),
        "verdict": by_interval(low, high, border, sign),
    }
    return replace(finding, **(found | others))


def with_contrast(finding: Finding, found: Contrast, assumed: float) -> Finding:
    """The finding with a contrast, and its power for a true difference of `assumed`; no verdict."""
    return replace(
        finding,
        value=found.value,
        low=found.low,
        high=found.high,
        p=found.p,
        power=found.power(assumed),
    )


def sentences(*parts: str) -> str:
    """The sentences that are not empty, as one text."""
    return " ".join(filter(None, parts))


def by_interval(low: float, high: float, border: float = 0.0, sign: int = 1) -> str:
    """Supported where the interval is above the border, contradicted where it is below.

    The other way round where `sign` is -1: the claim is then that the value is small.
    """
    above, below = (SUPPORTED, CONTRADICTED) if sign > 0 else (CONTRADICTED, SUPPORTED)
    return above if low > border else below if high < border else UNDECIDED


def by_sign(value: float, p: float) -> str:
    """Supported where the value is significantly above zero, contradicted where below."""
    if not p <= ALPHA:
        return UNDECIDED
    return SUPPORTED if value > 0 else CONTRADICTED


def family(findings: Iterable[Finding], sign: int = 1) -> list[Finding]:
    """Findings of one family of tests: p after Holm, and the verdict from that p and the sign.

    `sign` is -1 where a claim is that the value is negative. A finding without p does not change.
    """
    found = list(findings)
    adjusted = holm([finding.p for finding in found])
    return [
        replace(one, p=p, verdict=by_sign(sign * one.value, p)) if np.isfinite(p) else one
        for one, p in zip(found, adjusted, strict=True)
    ]
