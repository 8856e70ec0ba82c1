import numpy as np
import pytest
from scipy import stats

from asymmetry.analysis.hypotheses import h05b_patch_detail
from asymmetry.analysis.hypotheses.h05_patch import FOR_THESE, OVER_TRUNKS, findings
from tests.analysis.simulated import LOSSES, by_loss, evidence_of, grid, training_noise

TRUNKS = ["vgg16", "vit-small", "resnet50", "swin-tiny"]
HEADS = [(f"{trunk}-{head}", trunk, head) for trunk in TRUNKS for head in ("patch", "vanilla")]


def evidence(gains, seeds=3, noise=0.15, judges=("vsi", "piqe", "niqe")):
    """`gains` of the patch head on each trunk."""
    cells = grid(LOSSES[:4], HEADS[: 2 * len(gains)], (0.01, 0.1), seeds)
    known = dict(zip(TRUNKS, gains, strict=False))
    own = cells["backbone"].map(known).fillna(0)
    quality = by_loss(cells, range(4)) + np.where(cells["head"] == "patch", own, 0)
    return evidence_of(cells, quality + training_noise(cells, noise), judges=judges)


def test_a_planted_gain_supports_it():
    every, *single = findings(evidence((1, 1, 1, 1)))
    assert (every.regime, every.n) == (OVER_TRUNKS, 4)
    assert [one.regime for one in single] == [f"for {trunk}, scratch" for trunk in TRUNKS]
    assert {one.verdict for one in (every, *single)} == {"supported"}


def test_a_planted_loss_contradicts_it():
    assert {one.verdict for one in findings(evidence((-1, -1, -1)))} == {"contradicted"}


def test_trunks_that_differ_singly_but_not_on_average_decide_nothing_of_others():
    every, *single = findings(evidence((2, -2, 1, -1)))
    assert every.verdict == "undecided"
    assert [one.verdict for one in single] == ["supported", "contradicted"] * 2


def test_the_unit_is_the_trunk():
    """Student's test of the trunks' mean differences; images hardly differ here."""
    proof = evidence((1.0, 0.2, -0.5, 0.7), noise=0.3)
    every, *single = findings(proof)
    expected = stats.ttest_1samp([one.value for one in single], 0)
    assert every.p == pytest.approx(expected.pvalue, rel=0.05)


def test_of_two_trunks_it_is_said_to_be_for_these():
    every, *_ = findings(evidence((1, 1)))
    assert (every.regime, every.verdict) == (FOR_THESE, "supported")


def test_heads_that_are_the_same_are_practically_equal():
    every, *_ = findings(evidence((0, 0, 0, 0), noise=0.02))
    assert every.verdict == "practically equal"


def test_one_seed_is_enough_over_trunks_and_too_few_for_a_trunk():
    every, *single = findings(evidence((1, 1, 1.2, 0.9), seeds=1))
    assert every.verdict == "supported"
    assert {one.verdict for one in single} == {"this design cannot decide it"}
    assert all("second seed" in one.note for one in single)


def test_only_pairs_that_differ_in_the_head_alone_are_compared():
    proof = evidence((1, 1))
    for cells in (proof.judged[0].cells, proof.judged[0].done):
        cells.loc[cells["discriminator"] == "vgg16-patch", "initialisation"] = "pretrained"
    assert {one.regime for one in findings(proof)} == {FOR_THESE}
    assert findings(proof)[0].n == 24


def test_a_diverged_training_loses_by_wins():
    """All vanilla heads diverge but for some of which patch is a little worse."""
    proof = evidence((-0.3, -0.3, -0.3, -0.3), noise=0.05)
    cells = proof.judged[0].cells
    assert findings(proof)[0].verdict == "contradicted"
    lost = (cells["head"] == "vanilla") & (cells["adversarial_weight"] == 0.1)
    status = cells["status"].mask(
        lost | (lost.index % 7 == 0) & (cells["head"] == "vanilla"), "diverged"
    )
    kept = status[cells["status"] == "done"] == "done"
    judged = proof.judged[0]
    again = type(judged)(
        judged.scope,
        cells.assign(status=status),
        judged.done[kept],
        judged.judges,
        judged.z[:, kept.to_numpy()],
        judged.own_loss[:, kept.to_numpy()],
    )
    changed = type(proof)(proof.tables, [again], proof.axes, proof.losses)
    every, *_ = findings(changed)
    assert every.verdict == "contradicted"
    assert "Sensitivity:" in every.note
    assert "by wins" in every.note


def test_detail_is_the_same_by_coherence():
    found = h05b_patch_detail.findings(evidence((1, 1, 1, 1), judges=("coherence", "vsi")))
    assert (found[0].scope[3], found[0].verdict) == ("coherence", "supported")
    assert h05b_patch_detail.findings(evidence((1, 1, 1, 1))) == []
