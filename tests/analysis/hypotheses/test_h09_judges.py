import numpy as np
import pytest
from scipy import stats

from asymmetry.analysis.hypotheses.h09_judges import findings
from tests.analysis.simulated import LOSSES, by_loss, evidence_of, grid


def evidence(spread, noise=0.3):
    cells = grid()
    return evidence_of(cells, spread * by_loss(cells, range(len(LOSSES))), noise=noise)


def test_judges_that_see_one_quality_agree():
    (one,) = findings(evidence(1))
    assert one.low > 0.9
    assert (one.n, one.verdict) == (32, "supported")
    assert "vsi, piqe, niqe" in one.note


def test_judges_that_see_noise_do_not():
    (one,) = findings(evidence(0))
    assert one.value < 0.6
    assert one.verdict != "supported"


def test_opposite_judges_contradict_it():
    proof = evidence(1)
    proof.judged[0].z[1:] = proof.judged[0].z[::-1][1:] * -1
    assert findings(proof)[0].verdict == "contradicted"


def test_w_and_p_are_friedman_s():
    proof = evidence(0.2)
    (one,) = findings(proof)
    chi, p = stats.friedmanchisquare(*proof.judged[0].z.mean(axis=2).T)
    assert one.value == pytest.approx(chi / (3 * (32 - 1)))
    assert one.p == pytest.approx(p)


def test_one_judge_is_nothing_to_agree():
    (one,) = findings(evidence(1).without(["vsi", "piqe"]))
    assert (one.verdict, np.isnan(one.value)) == ("this design cannot decide it", True)
    assert "two judges" in one.note


def test_axes_that_oppose_each_other_are_camps():
    cells = grid(weights=(0.01, 0.1))
    axes = {"distortion": ["vsi", "fsim"], "perception": ["niqe", "piqe"]}
    names = ("vsi", "fsim", "niqe", "piqe")
    quality = by_loss(cells, range(len(LOSSES)))
    proof = evidence_of(cells, quality, judges=names, axes=axes)
    same = findings(proof)[-1]
    assert (same.scope[3], same.verdict) == ("distortion and perception", "supported")
    proof = evidence_of(cells, quality, judges=names, axes=axes)
    proof.judged[0].z[2:] *= -1
    *within, camps = findings(proof)
    assert [one.verdict for one in within] == ["supported"] * 2
    assert (camps.value, camps.verdict) == (pytest.approx(-1, abs=0.03), "contradicted")
    assert "effective judges" in camps.note
