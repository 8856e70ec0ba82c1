import numpy as np
import pytest

from asymmetry.analysis.hypotheses.h05_patch import EVERY, findings
from tests.analysis.simulated import (
    LOSSES,
    VGG_PATCH,
    VGG_VANILLA,
    by_loss,
    evidence_of,
    grid,
    training_noise,
)

VIT = [("vit-patch", "vit-small", "patch"), ("vit-vanilla", "vit-small", "vanilla")]


def evidence(gain, seeds=3, noise=0.15):
    """`gain` of the patch head on each backbone."""
    cells = grid(LOSSES[:4], [VGG_PATCH, VGG_VANILLA, *VIT], (0.01, 0.1), seeds)
    gains = cells["backbone"].map({"vgg16": gain[0], "vit-small": gain[1]}).fillna(0)
    quality = by_loss(cells, range(4)) + np.where(cells["head"] == "patch", gains, 0)
    return evidence_of(cells, quality + training_noise(cells, noise))


def test_a_planted_gain_supports_it():
    every, vgg, vit = findings(evidence((1, 1)))
    assert (every.regime, vgg.regime, vit.regime) == (EVERY, "vgg16, scratch", "vit-small, scratch")
    assert (every.n, vgg.n) == (16, 8)
    assert {one.verdict for one in (every, vgg, vit)} == {"supported"}
    assert every.low > 0


def test_a_planted_loss_contradicts_it():
    assert {one.verdict for one in findings(evidence((-1, -1)))} == {"contradicted"}


def test_backbones_are_told_apart():
    every, vgg, vit = findings(evidence((2, -2)))
    assert (every.verdict, vgg.verdict, vit.verdict) == ("undecided", "supported", "contradicted")


def test_equal_heads_are_undecided():
    assert {one.verdict for one in findings(evidence((0, 0)))} == {"undecided"}


@pytest.mark.parametrize("seeds", [1, 2])
def test_few_seeds_are_too_few(seeds):
    for one in findings(evidence((1, 1), seeds)):
        assert one.verdict == "undecided"
        assert np.isnan([one.low, one.high, one.p, one.power]).all()
        assert "3 are the least" in one.note


def test_only_pairs_that_differ_in_the_head_alone_are_compared():
    proof = evidence((1, 1))
    settings = proof.effects[0].settings
    settings.loc[settings["discriminator"] == "vgg-patch", "initialisation"] = "pretrained"
    assert [one.regime for one in findings(proof)] == [EVERY, "vit-small, scratch"]
