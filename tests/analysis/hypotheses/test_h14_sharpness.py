import numpy as np
import pytest
from scipy import stats

from asymmetry.analysis.balance import BALANCE
from asymmetry.analysis.hypotheses import h14_sharpness, h15_artifacts
from tests.analysis.simulated import (
    LOSSES,
    VGG_PATCH,
    adversarial,
    by_loss,
    evidence_of,
    grid,
    training_noise,
)

MEASURES = ("sharpness", "coherence", BALANCE, "lattice")
TRUNKS = [(f"{name}-patch", name, "patch") for name in ("vgg16", "resnet50", "vit-small")]


def evidence(gains, losses=LOSSES, discriminators=(VGG_PATCH,), seeds=3, chance=0.1):
    """`gains` of each loss by the adversary, on every measure."""
    cells = grid(losses, discriminators, seeds=seeds)
    change = by_loss(cells, gains) * adversarial(cells)
    quality = by_loss(cells, range(len(losses))) + change + training_noise(cells, chance)
    return evidence_of(cells, quality, judges=MEASURES, axes={})


@pytest.mark.parametrize("module", [h14_sharpness, h15_artifacts], ids=["H14", "H15"])
def test_a_gain_of_every_loss_supports_it_and_a_loss_contradicts_it(module):
    better, worse = (module.findings(evidence([size] * 8)) for size in (1.0, -1.0))
    assert {one.verdict for one in better} == {"supported"}
    assert {one.verdict for one in worse} == {"contradicted"}
    assert {one.regime for one in better} == {"over losses"}
    assert len(better) == 2


def test_each_measure_is_an_axis_of_its_own():
    axes = {one.scope[3] for module in (h14_sharpness, h15_artifacts)
            for one in module.findings(evidence([1.0] * 8))}  # fmt: skip
    assert axes == set(MEASURES)


def test_losses_that_change_singly_decide_nothing_of_others():
    found = h14_sharpness.findings(evidence([2, -2, 1.5, -1.5, 1, -1, 0.5, -0.5]))
    assert {one.verdict for one in found} == {"undecided"}


def test_the_unit_is_the_loss():
    """Student's test of the losses' mean changes; images hardly differ in the change."""
    proof = evidence([1.0, 0.2, -0.3, 0.7, 0.1, 0.9, -0.6, 0.4], chance=0.01)
    (effects,) = proof.measured("sharpness")
    level = effects.done.assign(level=effects.level)
    wide = level.pivot_table(index="fidelity", columns="adversarial_weight", values="level")
    expected = stats.ttest_1samp(wide[0.01] - wide[0.0], 0)
    one = h14_sharpness.findings(proof)[0]
    assert one.p == pytest.approx(expected.pvalue, rel=0.05)
    assert one.n == 8


def test_of_few_losses_the_unit_is_the_trunk_with_the_chance_of_what_all_share():
    proof = evidence([1, 1], LOSSES[:2], TRUNKS, chance=0.3)
    one = h14_sharpness.findings(proof)[0]
    assert (one.regime, one.n) == ("over trunks", 3)
    alone = evidence([1, 1], LOSSES[:2], TRUNKS, seeds=1)
    assert h14_sharpness.findings(alone)[0].verdict == "this design cannot decide it"


def test_of_two_losses_and_one_trunk_it_is_for_these():
    (one, _) = h14_sharpness.findings(evidence([1, 1], LOSSES[:2]))
    assert (one.regime, one.verdict) == ("for these losses and trunks", "supported")


def test_a_change_that_is_none_is_practically_equal():
    found = h14_sharpness.findings(evidence([0.0] * 8, chance=0.02))
    assert {one.verdict for one in found} == {"practically equal"}


def test_without_the_measures_there_is_nothing():
    cells = grid()
    assert h14_sharpness.findings(evidence_of(cells, np.zeros(len(cells)))) == []


def on_the_way(*gains):
    """H15 where the adversary betters losses by `gains` at snapshots, and harms them at last."""
    cells = grid(LOSSES, [VGG_PATCH], seeds=3)

    def quality(gain, key):
        change = gain * adversarial(cells)
        return by_loss(cells, range(8)) + change + training_noise(cells, 0.1, key)

    ways = {0.25 * (place + 1): quality(gain, place) for place, gain in enumerate(gains)}
    proof = evidence_of(cells, quality(-1.0, 9), snapshots=ways, judges=MEASURES, axes={})
    return proof, {(one.scope[3], one.regime): one for one in h15_artifacts.findings(proof)}


def test_on_the_way_is_the_mean_of_the_snapshots():
    proof, found = on_the_way(1.5, 0.5)
    for measure in (BALANCE, "lattice"):
        assert found[measure, "over losses"].verdict == "contradicted"
        way = found[measure, "on the way, over losses"]
        assert (way.verdict, way.n) == ("supported", 8)
        (end,) = proof.measured(measure)
        means = []
        for share in (0.25, 0.5):
            early = proof.snapshot_of(end, share)
            level = early.done.assign(level=early.level)
            wide = level.pivot_table(index="fidelity", columns="adversarial_weight", values="level")
            means.append((wide[0.01] - wide[0.0]).mean())
        assert way.value == pytest.approx(np.mean(means))


def test_what_the_snapshots_oppose_is_no_support():
    _, found = on_the_way(1.0, -1.0)
    assert found["lattice", "on the way, over losses"].verdict != "supported"


def test_without_snapshots_only_the_end_is_found():
    assert {regime for _, regime in on_the_way()[1]} == {"over losses"}
