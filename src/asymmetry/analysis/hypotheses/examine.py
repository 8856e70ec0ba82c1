"""Tests the hypotheses on the evidence: the rows of the table `hypotheses`."""

from collections.abc import Iterable
from dataclasses import asdict
from types import ModuleType
from typing import Any

from asymmetry.analysis.hypotheses.contract import ALL, EVERYWHERE, Finding
from asymmetry.analysis.hypotheses.evidence import Evidence
from asymmetry.tables.read import SCOPE


def examine(hypothesis: ModuleType, evidence: Evidence) -> list[Finding]:
    """The findings of a hypothesis; a single undecided one where a table that it reads is empty."""
    absent = [name for name in hypothesis.TABLES if getattr(evidence.tables, name).empty]
    if absent:
        names = " and ".join(f"`{name}`" for name in absent)
        return [Finding(EVERYWHERE, ALL, "not computed", note=f"There are no rows in {names} yet.")]
    found: list[Finding] = hypothesis.findings(evidence)
    return found or [
        Finding(EVERYWHERE, ALL, "not computed", note="The tables have no rows that it compares.")
    ]


def rows_of(hypothesis: ModuleType, findings: Iterable[Finding]) -> list[dict[str, Any]]:
    """Findings as rows of the table `hypotheses`."""
    claim = {"id": hypothesis.ID, "claim": hypothesis.CLAIM}
    return [
        claim | dict(zip(SCOPE, finding.scope, strict=True)) | asdict(finding)
        for finding in findings
    ]
