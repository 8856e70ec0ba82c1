"""H17: whether the fidelity loss carries what images show."""

from asymmetry.analysis.hypotheses.contract import Finding
from asymmetry.analysis.hypotheses.evidence import Evidence
from asymmetry.analysis.variance import LOSS, shares_of

ID = "H17"
CLAIM = "The fidelity objective enforces semantic consistency and overall realism"
SOURCE = "P"
SILENT = (
    "The measures are not public. Here, in a network that is used nowhere else: the cosine of "
    "embeddings with the reference's (consistency), and the Frechet distance of the features of "
    "patches (realism, SIFID); losses explain more of their variance than discriminators and "
    "weights do."
)
TABLES = ("runs", "scores")
UNIT = "trainings"
POWER = "none: the interval is compared with a border"


def findings(evidence: Evidence) -> list[Finding]:
    """The share of losses in the variance of semantics, and of realism."""
    return [
        one
        for measure in ("semantics", "sifid")
        for one in shares_of(evidence, evidence.measured(measure), LOSS, "losses")
    ]
