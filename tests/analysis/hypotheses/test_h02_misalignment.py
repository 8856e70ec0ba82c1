import numpy as np
import pytest

from asymmetry.analysis.hypotheses.h02_misalignment import findings
from tests.analysis.simulated import LOSSES, adversarial, by_loss, evidence_of, grid

RISING = np.arange(8.0)
SKILL = dict(zip(LOSSES, 0.5 + 0.05 * RISING, strict=True))


def found(without, with_adversary, losses=LOSSES):
    cells, count = grid(losses), len(losses)
    quality = np.where(
        adversarial(cells),
        by_loss(cells, with_adversary[:count]),
        by_loss(cells, without[:count]),
    )
    (one,) = findings(evidence_of(cells, quality, SKILL))
    return one


def test_a_planted_reversal_supports_it():
    one = found(RISING, -RISING)
    assert one.value == pytest.approx(-2.0)
    assert one.high < 0
    assert one.verdict == "supported"
    assert one.p <= 2 / 100
    assert one.power > 0.9


def test_a_planted_alignment_contradicts_it():
    one = found(-RISING, RISING)
    assert one.low > 0
    assert one.verdict == "contradicted"


def test_equal_orders_are_undecided():
    one = found(RISING, RISING)
    assert (one.value, one.verdict) == (pytest.approx(0), "undecided")


def test_three_losses_are_too_few():
    one = found(RISING, -RISING, LOSSES[:3])
    assert one.verdict == "undecided"
    assert np.isnan([one.low, one.high, one.p, one.power]).all()
