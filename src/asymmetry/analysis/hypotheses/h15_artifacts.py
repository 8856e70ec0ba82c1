"""H15: whether an adversary suppresses artifacts."""

from asymmetry.analysis.adversary import ASSUMED, with_and_without
from asymmetry.analysis.hypotheses.contract import Finding
from asymmetry.analysis.hypotheses.evidence import Evidence

ID = "H15"
CLAIM = "Discriminators suppress artifacts during optimisation"
SOURCE = "P"
SILENT = (
    "The measures are not public. Here, at the end of the training: the artifact map of Liang et "
    "al. (2022), and lines in the spectrum that upsampling leaves."
)
TABLES = ("runs", "scores")
UNIT = "losses, trunks or pairs of trainings"
POWER = f"at a true difference of {ASSUMED} standard deviations, Student's t"


def findings(evidence: Evidence) -> list[Finding]:
    """Freedom from artifacts and from lattices, with and without an adversary."""
    return [
        *with_and_without(evidence, "artifacts_ldl", "freedom from artifacts (LDL)"),
        *with_and_without(evidence, "lattice", "freedom from a lattice"),
    ]
