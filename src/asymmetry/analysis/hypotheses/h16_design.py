"""H16: how much of the variance under an adversary the design of the discriminator explains."""

from asymmetry.analysis.hypotheses.contract import Finding
from asymmetry.analysis.hypotheses.evidence import Evidence
from asymmetry.analysis.variance import DESIGN, shares_of

ID = "H16"
CLAIM = "Discriminator design plays a decisive role"
SOURCE = "P"
SILENT = (
    "What is decisive is not public. Here: discriminators (trunk, head and what both share) "
    "explain more of the variance under the adversary than losses and weights."
)
TABLES = ("runs", "scores")
UNIT = "trainings"
POWER = "none: the interval is compared with a border"


def findings(evidence: Evidence) -> list[Finding]:
    """The share of each task, generator, set and axis."""
    return shares_of(evidence, evidence.effects, DESIGN, "discriminators")
