"""H14: whether an adversary makes outputs sharper, and their detail finer."""

from asymmetry.analysis.adversary import ASSUMED, DEVIATIONS, with_and_without
from asymmetry.analysis.hypotheses.contract import Finding
from asymmetry.analysis.hypotheses.evidence import Evidence

ID = "H14"
CLAIM = "The adversarial objective enhances perceptual sharpness and fine-grained detail"
SOURCE = "P"
SILENT = (
    "The measures are not public. Here: sharper, the energy of detail nearer to the reference's; "
    "finer detail, its coherence with the reference's rises too. Noise raises energy alone."
)
TABLES = ("runs", "scores")
UNIT = "losses, trunks or pairs of trainings"
POWER = f"at a true difference of {ASSUMED} standard deviations, Student's t"


def findings(evidence: Evidence) -> list[Finding]:
    """Sharpness and coherence, with and without an adversary."""
    return [
        one
        for measure, words in (
            ("sharpness", "nearness of detail's energy to the reference's"),
            ("coherence", "coherence of detail with the reference's"),
        )
        for one in with_and_without(evidence, evidence.measured(measure), f"{words}, {DEVIATIONS}")
    ]
