"""What a hypothesis gives: findings. One is a row of the table `hypotheses`, without its claim."""

from collections.abc import Iterable
from dataclasses import dataclass, replace
from typing import Any

import numpy as np

from asymmetry.stats.arrays import Array
from asymmetry.stats.estimate import Estimate
from asymmetry.stats.intervals import bootstrap_error, interval
from asymmetry.stats.power import power_of_estimate
from asymmetry.stats.significance import ALPHA, holm
from asymmetry.tables.schemas import CONTRADICTED, EQUAL, SUPPORTED, UNDECIDABLE, UNDECIDED

Scope = tuple[str, str, str, str]  # task, generator, set, axis
ALL = "all"
EVERYWHERE: Scope = (ALL, ALL, ALL, ALL)
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


def undecidable(finding: Finding, reason: str) -> Finding:
    """The finding of a design that no data could decide; the reason says what would mend it."""
    return replace(finding, verdict=UNDECIDABLE, note=sentences(reason, finding.note))


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


def with_estimate(
    finding: Finding,
    found: Estimate,
    *,
    assumed: float,
    sign: int = 1,
    margin: float = 0.0,
    mend: str = "",
) -> Finding:
    """The finding with an estimate, its power for a true value of `assumed`, and its verdict.

    `mend` says what a design lacks in which the estimate has no error.
    """
    filled = replace(
        finding,
        value=found.value,
        low=found.low,
        high=found.high,
        p=found.p,
        n=found.n,
        power=found.power(assumed),
        verdict=by_interval(found.low, found.high, sign=sign, margin=margin),
    )
    return filled if np.isfinite(found.p) else undecidable(filled, mend)


def sentences(*parts: str) -> str:
    """The sentences that are not empty, as one text."""
    return " ".join(filter(None, parts))


def by_interval(
    low: float, high: float, border: float = 0.0, sign: int = 1, margin: float = 0.0
) -> str:
    """Supported where the interval is above the border, contradicted where it is below.

    The other way round where `sign` is -1: the claim is then that the value is small. Practically
    equal where the interval is within `margin` of the border.
    """
    above, below = (SUPPORTED, CONTRADICTED) if sign > 0 else (CONTRADICTED, SUPPORTED)
    if border - margin < low and high < border + margin:
        return EQUAL
    return above if low > border else below if high < border else UNDECIDED


def family(findings: Iterable[Finding]) -> list[Finding]:
    """Findings of one family of tests: p after Holm; what p no longer decides is undecided."""
    found = list(findings)
    adjusted = holm([finding.p for finding in found])
    decided = SUPPORTED, CONTRADICTED
    return [
        replace(
            one, p=p, verdict=UNDECIDED if one.verdict in decided and p > ALPHA else one.verdict
        )
        if np.isfinite(p)
        else one
        for one, p in zip(found, adjusted, strict=True)
    ]
