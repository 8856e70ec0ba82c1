from pathlib import Path

from asymmetry.assessment.scores import Cache, Key, Score
from asymmetry.tables.schemas import OK

CALIBRATED = "dists-alexnet-calibrated"
SCORES = {
    Key("set5", "baby", CALIBRATED): Score(0.1, OK),
    Key("set5", "baby", "gmsd"): Score(0.2, OK),
}


def test_scores_of_another_fit_are_not_read_and_others_are_kept(workplace: Path):
    one, other = (Cache(Path("run"), "key", {CALIBRATED: f"rgb, fit {n}"}) for n in "12")
    one.write(SCORES)
    assert one.read([CALIBRATED, "gmsd"]) == SCORES
    assert list(other.read([CALIBRATED, "gmsd"])) == [Key("set5", "baby", "gmsd")]
