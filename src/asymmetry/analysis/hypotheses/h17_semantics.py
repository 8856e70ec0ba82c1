"""H17: whether the fidelity loss carries what images show."""

from asymmetry.analysis.hypotheses.contract import Finding
from asymmetry.analysis.hypotheses.evidence import Evidence
from asymmetry.analysis.variance import LOSS, share_of

ID = "H17"
CLAIM = "The fidelity objective enforces semantic consistency and overall realism"
SOURCE = "P"
SILENT = (
    "The measures are not public. Here: the cosine of embeddings with the reference's in a net "
    "that is used nowhere else; losses explain more of its variance than discriminators and "
    "weights do. Realism, a Frechet distance, is not measured yet."
)
TABLES = ("runs", "scores")
UNIT = "trainings"
POWER = "none: the interval is compared with a border"


def findings(evidence: Evidence) -> list[Finding]:
    """The share of losses in the variance of semantics."""
    return [share_of(effects, LOSS, "losses") for effects in evidence.measured("semantics")]
