import numpy as np
import pytest

from asymmetry.analysis.hypotheses.h04_random_weights import RANDOM, findings
from tests.analysis.simulated import evidence_of, grid, training_noise

RIVAL = "dists-resnet50"
LOW = {RANDOM: 0.6, RIVAL: 0.9, "ssim": 0.8}


def found(advantage, skill=LOW, seeds=3):
    """`advantage` of the random weights without and with an adversary."""
    cells = grid(list(LOW), seeds=seeds)
    own = (cells["fidelity"] == RANDOM).to_numpy()
    by_weight = np.where(cells["adversarial_weight"] > 0, advantage[1], advantage[0])
    quality = np.where(own, by_weight, 0) + training_noise(cells)
    return findings(evidence_of(cells, quality, skill, noise=0.2))


def test_better_in_one_setting_supports_it():
    (one,) = found((-2, 2))
    assert one.regime == f"against {RIVAL}"
    assert one.low > 0
    assert "vgg-patch at λ = 0.01" in one.note
    assert one.verdict == "supported"


def test_the_unit_is_the_training():
    """Hundreds of images make no more evidence of three seeds."""
    cells = grid(list(LOW), seeds=3)
    own = (cells["fidelity"] == RANDOM).to_numpy()
    quality = 0.3 * own + training_noise(cells, 1.0)
    (few,) = findings(evidence_of(cells, quality, LOW, noise=0.1, images=10))
    (many,) = findings(evidence_of(cells, quality, LOW, noise=0.1, images=400))
    assert many.p == pytest.approx(few.p, rel=0.2)
    assert many.verdict == few.verdict == "undecided"


def test_worse_everywhere_contradicts_it():
    (one,) = found((-2, -2))
    assert one.value < 0
    assert one.verdict == "contradicted"


def test_equal_losses_are_undecided():
    assert [one.verdict for one in found((0, 0))] == ["undecided"]


def test_a_loss_of_higher_skill_is_not_what_is_claimed():
    (one,) = found((2, 2), LOW | {RANDOM: 0.95})
    assert one.verdict == "undecided"
    assert "not known to be lower" in one.note


def test_one_seed_is_too_few():
    (one,) = found((2, 2), seeds=1)
    assert one.verdict == "this design cannot decide it"
    assert "second seed" in one.note
