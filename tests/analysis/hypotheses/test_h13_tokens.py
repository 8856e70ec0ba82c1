import numpy as np
import pandas as pd
import pytest

from asymmetry.analysis.hypotheses.h13_tokens import findings
from tests.analysis.hypotheses.test_h07_transfer import transfer
from tests.analysis.simulated import evidence_of, grid

CELLS = grid()


def found(dino, others, name="TQD", half=0.05):
    rows = transfer({"pretrained": others}, half=half)
    own = transfer({"pretrained": dino}, half=half).assign(backbone="dinov2-vits14")
    table = pd.concat([rows, own], ignore_index=True).assign(set=name)
    (one,) = findings(evidence_of(CELLS, np.zeros(len(CELLS)), transfer=table))
    return one


def test_a_low_score_supports_it():
    one = found(0.2, 0.8)
    assert one.value == pytest.approx(-0.6, abs=0.02)
    # Two errors of 0.05 / 1.96 in quadrature.
    assert one.high - one.value == pytest.approx(0.05 * np.sqrt(2), rel=1e-3)
    assert (one.scope[2], one.verdict) == ("TQD", "supported")


def test_a_high_score_contradicts_it():
    assert found(0.8, 0.4).verdict == "contradicted"


def test_equal_scores_are_undecided():
    assert found(0.6, 0.6).verdict == "undecided"


def test_without_such_a_set_it_says_so():
    one = found(0.2, 0.8, name="biq")
    assert (one.verdict, "no models from DINOv2" in one.note) == (
        "this design cannot decide it",
        True,
    )
