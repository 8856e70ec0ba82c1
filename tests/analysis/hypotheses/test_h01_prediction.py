import numpy as np
import pytest

from asymmetry.analysis.correlation import critical_rho
from asymmetry.analysis.hypotheses.contract import FEWEST
from asymmetry.analysis.hypotheses.h01_prediction import findings
from asymmetry.analysis.inference import ALPHA
from tests.analysis.simulated import LOSSES, by_loss, evidence_of, grid

RISING = np.arange(8.0)
SKILL = dict(zip(LOSSES, 0.5 + 0.05 * RISING, strict=True))


def found(quality, losses=LOSSES, **options):
    cells = grid(losses)
    return findings(evidence_of(cells, by_loss(cells, quality[: len(losses)]), SKILL, **options))


def test_planted_agreement_contradicts_it():
    without, with_adversary = found(RISING)
    assert without.regime == "without adversary"
    assert (without.value, without.n) == (pytest.approx(1.0), 8)
    assert without.p == pytest.approx(2 / 40320)
    assert without.verdict == with_adversary.verdict == "contradicted"


def test_planted_disagreement_supports_it():
    without, with_adversary = found(-RISING)
    assert without.value == with_adversary.value == pytest.approx(-1.0)
    assert without.high < 0
    assert without.verdict == "supported"


def test_an_intermediate_correlation_is_recovered_and_undecided():
    # The ranks 0 1 2 3 4 5 6 7 against 3 0 1 2 7 4 5 6: rho = 1 - 6 * 24 / (8 * 63).
    one, _ = found(RISING[[3, 0, 1, 2, 7, 4, 5, 6]])
    assert one.value == pytest.approx(1 - 144 / 504)
    assert one.low < one.value < one.high
    assert one.p > ALPHA
    assert one.verdict == "undecided"


def test_three_losses_are_too_few():
    one, _ = found(RISING, LOSSES[:3])
    assert (one.verdict, one.power) == ("undecided", 0)
    assert np.isnan([one.low, one.high]).all()
    assert "n = 3: no rank correlation can reach p ≤ 0.05" in one.note


def test_the_fewest_losses_are_those_whose_order_can_be_significant():
    assert critical_rho(FEWEST - 1, ALPHA) == np.inf
    assert critical_rho(FEWEST, ALPHA) <= 1


def test_an_interval_without_width_is_no_certainty():
    one, _ = found(RISING, noise=0.0)
    assert (one.low, one.high) == (pytest.approx(1), pytest.approx(1))
    assert "All draws agree" in one.note
    assert "All draws agree" not in found(RISING[[3, 0, 1, 2, 7, 4, 5, 6]])[0].note
