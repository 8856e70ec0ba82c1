"""H5': a patch head against a vanilla one, by the coherence of fine detail."""

from asymmetry.analysis.hypotheses import h05_patch
from asymmetry.analysis.hypotheses.contract import Finding
from asymmetry.analysis.hypotheses.evidence import Evidence

ID = "H5b"
CLAIM = "A patch-level discriminator reconstructs detail more faithfully than a vanilla one"
SOURCE = "P"
SILENT = (
    "The measure of faithful detail is not public. Here: the coherence with the reference in the "
    "band that the reduction removed, on pairs that differ in the head alone."
)
TABLES, UNIT, ASSUMED, POWER = (
    ("runs", "scores"),
    h05_patch.UNIT,
    h05_patch.ASSUMED,
    h05_patch.POWER,
)


def findings(evidence: Evidence) -> list[Finding]:
    """As those of H5, by coherence."""
    measured = evidence.measured("coherence")
    return [one for effects in measured for one in h05_patch.of_heads(effects, evidence)]
