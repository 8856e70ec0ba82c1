"""H6': convolutional against Transformer discriminators, by the coherence of fine detail."""

from asymmetry.analysis.hypotheses import h06_family
from asymmetry.analysis.hypotheses.contract import Finding
from asymmetry.analysis.hypotheses.evidence import Evidence

ID = "H6b"
CLAIM = "Convolutional discriminators reconstruct detail more faithfully than Transformers"
SOURCE = "P"
SILENT = (
    "The measure of faithful detail is not public. Here: the coherence with the reference in the "
    "band that the reduction removed."
)
TABLES, UNIT, ASSUMED = ("runs", "scores"), h06_family.UNIT, h06_family.ASSUMED
POWER = h06_family.POWER


def findings(evidence: Evidence) -> list[Finding]:
    """The level as in H6, by coherence."""
    measured = evidence.measured("coherence")
    return [one for effects in measured for one in h06_family.level_of_families(effects, evidence)]
