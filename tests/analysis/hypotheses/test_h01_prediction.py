import numpy as np
import pytest

from asymmetry.analysis.hypotheses.contract import FEWEST
from asymmetry.analysis.hypotheses.h01_prediction import findings
from asymmetry.stats.rank_correlation import critical_rho
from asymmetry.stats.significance import ALPHA
from tests.analysis.simulated import (
    LOSSES,
    VGG_PATCH,
    VGG_VANILLA,
    VIT_PATCH,
    by_loss,
    evidence_of,
    grid,
    part_of_the_games,
    training_noise,
)

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
    assert critical_rho(FEWEST - 1) == np.inf
    assert critical_rho(FEWEST) <= 1


def test_an_interval_without_width_is_no_certainty():
    one, _ = found(RISING, noise=0.0)
    assert (one.low, one.high) == (pytest.approx(1), pytest.approx(1))
    assert "All draws agree" in one.note
    assert "All draws agree" not in found(RISING[[3, 0, 1, 2, 7, 4, 5, 6]])[0].note


def of_a_fraction(order, chance):
    """The finding with an adversary of a study that trained 40 of 8 x 3 x 4 games, one seed."""
    kinds = (VGG_PATCH, VGG_VANILLA, VIT_PATCH)
    every = grid(discriminators=kinds, weights=(0.001, 0.01, 0.1, 1.0), seeds=1)
    cells = part_of_the_games(every, 40)
    quality = by_loss(cells, np.asarray(order, dtype=float)) + chance * training_noise(cells, 1.0)
    return findings(evidence_of(cells, quality, SKILL))[1]


def test_agreement_is_found_in_a_fraction():
    one = of_a_fraction(RISING, 0.5)
    assert (one.n, one.verdict) == (8, "contradicted")
    assert one.value > 0.9
    assert "fitted to 40 of 96 adversarial settings" in one.note


def test_disagreement_is_found_in_a_fraction():
    assert of_a_fraction(-RISING, 0.5).verdict == "supported"


def test_chance_does_not_pass_for_misalignment():
    # The losses agree with their skill, but chance hides it: nothing is decided.
    assert of_a_fraction(RISING, 60.0).verdict == "undecided"
