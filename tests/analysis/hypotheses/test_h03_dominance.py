from dataclasses import replace

import numpy as np
import pytest
from scipy import stats

from asymmetry.analysis.hypotheses.h03_dominance import PIXEL, findings, variance_change
from asymmetry.analysis.regimes import WITH, WITHOUT, Regime
from tests.analysis.simulated import (
    LOSSES,
    adversarial,
    by_loss,
    evidence_of,
    grid,
    training_noise,
)

SPREAD = np.linspace(-2, 2, 8)


def evidence(without, with_adversary, losses=LOSSES, weights=(0.01,), chance=(0.05, 0.05), seeds=3):
    cells = grid(losses, weights=weights, seeds=seeds)
    scale = np.where(adversarial(cells), with_adversary, without)
    noise = np.where(adversarial(cells), chance[1], chance[0]) * training_noise(cells, 1.0)
    quality = scale * by_loss(cells, SPREAD[: len(losses)]) + noise
    return evidence_of(cells, quality, noise=0.1)


def test_losses_that_differ_less_support_it():
    (one,) = findings(evidence(1, 0.1))
    assert one.high < 0
    assert (one.n, one.verdict) == (8, "supported")


def test_losses_that_differ_more_contradict_it():
    (one,) = findings(evidence(0.1, 1))
    assert one.low > 0
    assert one.verdict == "contradicted"


def test_equal_spreads_are_undecided():
    (one,) = findings(evidence(1, 1))
    assert one.value == pytest.approx(0, abs=0.1)
    assert one.verdict == "undecided"


def test_more_noise_is_no_larger_spread():
    """Effects whose variance is larger by as much as their errors explain."""
    effect = np.array([-2.0, -1.5, -0.5, 0.0, 0.0, 0.5, 1.5, 2.0])
    noisy = effect * np.sqrt(1 + 0.25 / effect.var(ddof=1))
    before = Regime(WITHOUT, LOSSES, effect, np.zeros(8), 1, 3.0, 14)
    after = Regime(WITH, LOSSES, noisy, np.full(8, 0.5), 1, 3.0, 14)
    assert variance_change(before, after, LOSSES).value == pytest.approx(0)
    assert variance_change(before, replace(after, error=np.zeros(8)), LOSSES).value > 0.2


def test_the_change_is_student_s_test_of_squared_deviations():
    """Without error: a paired test of (x - mean)^2 n / (n - 1), whose mean is the variance."""
    rng = np.random.default_rng(0)
    effects = rng.standard_normal((2, 8))
    parts = [
        Regime(name, LOSSES, effect, np.zeros(8), 1, 3.0, 14)
        for name, effect in zip((WITHOUT, WITH), effects, strict=True)
    ]
    found = variance_change(*parts, LOSSES)
    squares = 8 / 7 * np.square(effects - effects.mean(1, keepdims=True))
    expected = stats.ttest_rel(squares[1], squares[0])
    assert found.value == pytest.approx(effects[1].var(ddof=1) - effects[0].var(ddof=1))
    assert found.p == pytest.approx(expected.pvalue)


def test_holm_over_the_weights():
    found = findings(evidence(1, 0.4, weights=(0.01, 0.1)))
    alone = [findings(evidence(1, 0.4, weights=(weight,)))[0].p for weight in (0.01, 0.1)]
    assert len(found) == 2
    assert min(one.p for one in found) > min(alone)


def test_errors_of_pixels_are_no_perceptual_losses():
    (one,) = findings(evidence(1, 0.1, [*LOSSES[:4], "l1", "mse"]))
    assert (one.n, one.verdict) == (4, "this design cannot decide it")
    assert {"l1", "mse"} <= set(PIXEL)


def test_one_seed_is_a_design_that_cannot_decide():
    (one,) = findings(evidence(1, 0.1, seeds=1))
    assert one.verdict == "this design cannot decide it"
    assert "second seed" in one.note
