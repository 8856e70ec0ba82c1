import numpy as np
import pytest
from scipy import stats

from asymmetry.analysis.hypotheses.h03_dominance import PIXEL, findings
from asymmetry.analysis.regimes import WITHOUT, by_means, regime
from tests.analysis.simulated import LOSSES, adversarial, by_loss, evidence_of, grid

SPREAD = np.linspace(-2, 2, 8)


def evidence(without, with_adversary, losses=LOSSES, weights=(0.01,)):
    cells = grid(losses, weights=weights)
    scale = np.where(adversarial(cells), with_adversary, without)
    return evidence_of(cells, scale * by_loss(cells, SPREAD[: len(losses)]), noise=0.1)


def test_losses_that_differ_less_support_it():
    (one,) = findings(evidence(1, 0.1))
    assert one.value == pytest.approx(0.01, rel=0.5)
    assert one.high < 1
    assert (one.n, one.verdict) == (8, "supported")


def test_losses_that_differ_more_contradict_it():
    (one,) = findings(evidence(0.1, 1))
    assert one.low > 1
    assert one.verdict == "contradicted"


def test_equal_spreads_are_undecided():
    (one,) = findings(evidence(1, 1))
    assert one.value == pytest.approx(1, abs=0.3)
    assert one.verdict == "undecided"


def test_p_is_the_anova_of_deviations_from_the_medians():
    """Brown and Forsythe 1974, by its definition; Holm over two weights."""
    proof = evidence(1, 0.4, weights=(0.01, 0.1))
    (effects,) = proof.effects
    groups = [regime(effects, WITHOUT).effect]
    column = effects.settings["adversarial_weight"]
    groups += [by_means(effects, "", column == weight).effect for weight in (0.01, 0.1)]
    deviations = [abs(group - np.median(group)) for group in groups]
    bare = sorted(stats.f_oneway(deviations[0], other).pvalue for other in deviations[1:])
    found = sorted(one.p for one in findings(proof))
    assert found == pytest.approx([min(1, 2 * bare[0]), max(2 * bare[0], bare[1])])


def test_errors_of_pixels_are_no_perceptual_losses():
    (one,) = findings(evidence(1, 0.1, [*LOSSES[:4], "l1", "mse"]))
    assert (one.n, one.verdict) == (4, "undecided")
    assert {"l1", "mse"} <= set(PIXEL)
