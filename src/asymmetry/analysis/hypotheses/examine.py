"""Tests the hypotheses on the evidence: the rows of the table `hypotheses`."""

from collections.abc import Iterable
from dataclasses import asdict, replace
from types import ModuleType
from typing import Any

from asymmetry.analysis.hypotheses.contract import ALL, EVERYWHERE, Finding, sentences, undecidable
from asymmetry.analysis.hypotheses.evidence import Evidence
from asymmetry.tables.read import SCOPE
from asymmetry.tables.schemas import DECIDED, DESCRIPTIVE, NO_VERDICT, UNDECIDABLE

_OF_THE_JUDGES = "H9"  # asks whether they agree
# Claims whose verdicts have an error rate that is too high, or not measured: docs/error-rates.md.
DESCRIPTIVE_ONLY = {
    "H9": "The interval is over images alone, and its error rate is not measured.",
    "H10": "The error rate over tasks is not measured.",
    "H12": "The error rate of a difference of regrets is not measured.",
    "H13": "One trunk is no sample of trunks.",
}


def examine(hypothesis: ModuleType, evidence: Evidence) -> list[Finding]:
    """The findings of a hypothesis; a single undecided one where a table that it reads is empty."""
    absent = [name for name in hypothesis.TABLES if getattr(evidence.tables, name).empty]
    if absent:
        names = " and ".join(f"`{name}`" for name in absent)
        return [Finding(EVERYWHERE, ALL, "not computed", note=f"There are no rows in {names} yet.")]
    found: list[Finding] = hypothesis.findings(evidence)
    unreliable = {effects.scope: effects.unreliable for effects in evidence.effects}
    if hypothesis.ID != _OF_THE_JUDGES:
        found = [_without_verdict(one, unreliable.get(one.scope, "")) for one in found]
    reason = DESCRIPTIVE_ONLY.get(hypothesis.ID, "")
    found = [_described(one, reason) for one in found] if reason else found
    nothing = Finding(EVERYWHERE, ALL, "not computed")
    return found or [undecidable(nothing, "The study has nothing that this claim compares.")]


def _without_verdict(finding: Finding, reason: str) -> Finding:
    """The finding on an axis whose judges do not agree: numbers without a verdict."""
    if not reason or finding.verdict == UNDECIDABLE:
        return finding
    return replace(finding, verdict=NO_VERDICT, note=sentences(reason, finding.note))


def _described(finding: Finding, reason: str) -> Finding:
    if finding.verdict not in DECIDED:
        return finding
    return replace(finding, verdict=DESCRIPTIVE, note=sentences(reason, finding.note))


def rows_of(hypothesis: ModuleType, findings: Iterable[Finding]) -> list[dict[str, Any]]:
    """Findings as rows of the table `hypotheses`."""
    claim = {"id": hypothesis.ID, "claim": hypothesis.CLAIM}
    return [
        claim | dict(zip(SCOPE, finding.scope, strict=True)) | asdict(finding)
        for finding in findings
    ]
