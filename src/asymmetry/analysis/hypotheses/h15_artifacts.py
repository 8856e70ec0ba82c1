"""H15: whether an adversary suppresses artifacts, at the end of the training and on the way."""

from asymmetry.analysis.adversary import ASSUMED, DEVIATIONS, with_and_without
from asymmetry.analysis.balance import BALANCE
from asymmetry.analysis.hypotheses.contract import Finding
from asymmetry.analysis.hypotheses.evidence import Evidence

ID = "H15"
CLAIM = "Discriminators suppress artifacts during optimisation"
SOURCE = "P"
SILENT = (
    "The measures are not public. Here, at the end of the training and in the mean of the "
    "snapshots on the way: by the artifact map of Liang et al. (2022), what the adversary takes "
    "away from the output of the same loss, seed and step without it, less what it adds; and "
    "lines in the spectrum that upsampling leaves."
)
TABLES = ("runs", "scores")
UNIT = "losses, trunks or pairs of trainings"
POWER = (
    f"at a true difference of {ASSUMED} standard deviations, or a balance of {ASSUMED}, Student's t"
)
ON_THE_WAY = "on the way"
_STATISTICS = {
    BALANCE: "balance of artifacts (LDL), -1 all are added to 1 all are removed",
    "lattice": f"freedom from a lattice, {DEVIATIONS}",
}


def findings(evidence: Evidence) -> list[Finding]:
    """The balance of artifacts, and freedom from lattices: at the end, and on the way."""
    found = []
    for measure, statistic in _STATISTICS.items():
        ends = evidence.measured(measure)
        ways = [way for end in ends if (way := evidence.on_the_way(end)) is not None]
        found += with_and_without(evidence, ends, statistic)
        found += with_and_without(evidence, ways, statistic, ON_THE_WAY)
    return found
