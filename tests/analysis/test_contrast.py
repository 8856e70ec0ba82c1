import numpy as np
import pytest
from scipy import stats

from asymmetry.analysis.contrast import contrast, contrast_of_draws, enough_seeds
from tests.analysis.simulated import LOSSES, by_loss, evidence_of, grid, training_noise


def test_of_seeds_alone_it_is_student_s_test():
    """The draws of a bootstrap over the same seeds, and no other variation."""
    seeds = np.array([0.2, 0.5, 0.3, 0.9])
    rng = np.random.default_rng(0)
    drawn = seeds[rng.integers(4, size=(100_000, 4))].mean(1)
    found = contrast_of_draws(float(seeds.mean()), drawn, seeds, images=50)
    test = stats.ttest_1samp(seeds, 0)
    interval = test.confidence_interval()
    assert found.p == pytest.approx(test.pvalue, rel=0.02)
    assert (found.low, found.high) == (
        pytest.approx(interval.low, abs=0.01),
        pytest.approx(interval.high, abs=0.01),
    )
    assert found.degrees_of_freedom == pytest.approx(3, rel=0.02)


def test_of_images_alone_it_is_normal():
    found = contrast_of_draws(
        0.5, np.random.default_rng(0).normal(0.5, 0.1, 100_000), np.full(3, 0.5), 500
    )
    assert (found.low, found.high) == (
        pytest.approx(0.5 - 0.196, abs=2e-3),
        pytest.approx(0.5 + 0.196, abs=2e-3),
    )


def test_draws_cannot_hide_what_the_seeds_show():
    found = contrast_of_draws(0.5, np.full(10, 0.5), np.array([0.2, 0.5, 0.8]), 50)
    assert found.degrees_of_freedom == pytest.approx(2)
    assert found.error == pytest.approx(0.3 / np.sqrt(3))


@pytest.mark.parametrize("seeds", [0, 1, 2])
def test_too_few_seeds_give_no_interval(seeds):
    found = contrast_of_draws(0.5, np.ones(10), np.ones(seeds), 50)
    assert found.value == 0.5
    assert np.isnan([found.low, found.high, found.p, found.power(1.0)]).all()
    assert "3 are the least" in enough_seeds(seeds)
    assert enough_seeds(3) == ""


def test_a_contrast_is_a_difference_of_means():
    cells = grid(seeds=3)
    proof = evidence_of(cells, by_loss(cells, range(len(LOSSES))) + training_noise(cells))
    (effects,) = proof.effects
    terms = np.eye(len(effects.settings))[[0, 2, 4]]
    found = contrast(effects, terms, np.array([1, 1, -1]))
    value = effects.settings["value"].to_numpy()
    assert found.value == pytest.approx((value[0] + value[2]) / 2 - value[4])
    assert found.low < found.value < found.high


def test_a_seed_that_a_term_lacks_counts_for_the_others():
    cells = grid(seeds=4)
    cells.loc[(cells["seed"] == 3) & (cells["fidelity"] == LOSSES[0]), "status"] = "missing"
    proof = evidence_of(cells, by_loss(cells, range(len(LOSSES))) + training_noise(cells))
    terms = np.eye(len(proof.effects[0].settings))[[0, 2]]
    assert contrast(proof.effects[0], terms, np.ones(2)).seeds == 4
    assert contrast(proof.effects[0], terms[:1], np.ones(1)).seeds == 3
