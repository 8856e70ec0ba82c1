import numpy as np
import pytest
from scipy import stats

from asymmetry.analysis.hypotheses.contract import FEWEST
from asymmetry.analysis.hypotheses.h01_prediction import findings
from asymmetry.analysis.regimes import regime
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
    skill_table,
    training_noise,
)

RISING = np.arange(8.0)
SKILL = dict(zip(LOSSES, 0.5 + 0.05 * RISING, strict=True))


def found(quality, losses=LOSSES, **options):
    cells = grid(losses, seeds=3)
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
    assert one.value == pytest.approx(1 - 144 / 504, rel=1e-3)  # corrected for little noise
    assert one.low < one.value < one.high
    assert one.p > ALPHA
    assert one.verdict == "undecided"


def test_three_losses_are_too_few():
    one, _ = found(RISING, LOSSES[:3])
    assert (one.verdict, one.power) == ("this design cannot decide it", 0)
    assert np.isnan([one.low, one.high]).all()
    assert "It needs 5 losses" in one.note


def test_the_fewest_losses_are_those_whose_order_can_be_significant():
    assert critical_rho(FEWEST - 1) == np.inf
    assert critical_rho(FEWEST) <= 1


def test_errors_of_both_sides_are_corrected_for():
    """Spearman 1904: rho over the root of the product of the reliabilities."""
    cells = grid(seeds=3)
    order = RISING[[5, 0, 1, 6, 7, 4, 2, 3]]
    quality = by_loss(cells, order) + training_noise(cells, 1.5)
    skill = skill_table(SKILL, width=0.1)
    proof = evidence_of(cells, quality, skill)
    one, part = findings(proof)[0], regime(proof.effects[0], "without adversary")
    z, error = (proof.losses[name].to_numpy() for name in ("z", "error"))
    of_skill = 1 - np.square(error).mean() / z.var(ddof=1)
    raw = stats.spearmanr(z, part.effect).statistic
    assert 0.5 < of_skill < 0.95
    assert one.value == pytest.approx(raw / np.sqrt(of_skill * part.reliability(LOSSES)))


def test_of_one_seed_the_claim_cannot_be_supported():
    cells = grid(seeds=1)
    one, _ = findings(evidence_of(cells, by_loss(cells, -RISING), SKILL))
    assert one.value == pytest.approx(-1)
    assert one.verdict == "undecided"
    assert "repeat them in a second seed" in one.note


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
    assert "over 12 adversarial settings, 5.0 trainings a loss" in one.note


def test_disagreement_is_found_in_a_fraction():
    assert of_a_fraction(-RISING, 0.5).verdict == "supported"


def test_chance_does_not_pass_for_misalignment():
    # The losses agree with their skill, but chance hides it: nothing is decided.
    assert of_a_fraction(RISING, 60.0).verdict == "undecided"
