import numpy as np
import pytest

from asymmetry.analysis.hypotheses.h02_misalignment import findings
from tests.analysis.simulated import LOSSES, adversarial, by_loss, evidence_of, grid, training_noise

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
    assert one.p < 0.001
    assert one.power > 0.9


def test_a_planted_alignment_contradicts_it():
    one = found(-RISING, RISING)
    assert one.low > 0
    assert one.verdict == "contradicted"


def test_equal_orders_are_undecided():
    one = found(RISING, RISING)
    assert (one.value, one.verdict) == (pytest.approx(0), "undecided")


def test_noise_alone_is_no_misalignment():
    """The same relation, seen through more noise with the adversary: corrected, it is the same."""
    cells = grid(seeds=3)
    chance = np.where(adversarial(cells), 2.0, 0.2) * training_noise(cells, 1.0)
    (one,) = findings(evidence_of(cells, by_loss(cells, RISING) + chance, SKILL))
    assert one.verdict == "undecided"
    assert abs(one.value) < 0.2
    assert "3.0 and 3.0 trainings a loss" in one.note


def test_one_seed_is_a_design_that_cannot_decide():
    cells = grid(seeds=1)
    (one,) = findings(evidence_of(cells, by_loss(cells, RISING), SKILL))
    assert one.verdict == "this design cannot decide it"
    assert "second seed" in one.note


def test_three_losses_are_too_few():
    one = found(RISING, -RISING, LOSSES[:3])
    assert one.verdict == "this design cannot decide it"
    assert np.isnan([one.low, one.high, one.p, one.power]).all()
