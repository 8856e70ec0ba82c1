from math import comb

import numpy as np
import pytest
from scipy import stats

from asymmetry.analysis.hypotheses import h06b_family_detail
from asymmetry.analysis.hypotheses.h06_family import COLLAPSE, INTERACTION, LEVEL, findings
from tests.analysis.simulated import LOSSES, by_loss, evidence_of, grid, training_noise

WEIGHTS = (0.001, 0.01, 0.1)
CONVOLUTIONAL, TRANSFORMER = ["vgg16", "resnet50", "convnext-tiny"], ["vit-small", "swin-tiny"]
OVER, FOR_THESE = "over trunks", "for these trunks"


def evidence(slope=0.0, level=0.0, seeds=3, lost=(0, 0), trunks=2, single=0.0, chance=0.05):
    """What Transformers have more than convolutional trunks.

    `lost`: how many runs of a trunk of either family ended badly, convolutional first.
    `single`: by how much trunks of a family differ from each other.
    """
    named = [*CONVOLUTIONAL[:trunks], *TRANSFORMER[:trunks]]
    cells = grid(LOSSES[:4], [(f"{name}-patch", name, "patch") for name in named], WEIGHTS, seeds)
    transformer = cells["backbone"].isin(TRANSFORMER).to_numpy()
    decades = np.log10(cells["adversarial_weight"].clip(lower=1e-9)).to_numpy() + 2
    own = dict(zip(named, np.resize([single, -single], len(named)), strict=True))
    quality = by_loss(cells, range(4)) + np.where(transformer, level + slope * decades, 0)
    quality = quality + cells["backbone"].map(own).fillna(0).to_numpy()
    for name, count in zip((CONVOLUTIONAL[0], TRANSFORMER[0]), lost, strict=True):
        ended = cells[cells["backbone"] == name].sort_values("fidelity", kind="stable").index
        cells.loc[ended[:count], "status"] = np.resize(["diverged", "collapsed"], count)
    quality = quality + training_noise(cells, chance)
    return evidence_of(cells, quality, judges=("vsi", "piqe", "coherence"))


def verdicts(*arguments, **options):
    return {one.regime: one.verdict for one in findings(evidence(*arguments, **options))}


def test_a_planted_fall_and_level_support_it():
    found = verdicts(-1, -1)
    assert found[f"{INTERACTION}, {OVER}"] == found[f"{LEVEL}, {OVER}"] == "supported"
    assert found[f"{COLLAPSE}, {FOR_THESE}"] == "undecided"


def test_the_opposite_contradicts_it():
    found = verdicts(1, 1)
    assert found[f"{INTERACTION}, {OVER}"] == found[f"{LEVEL}, {OVER}"] == "contradicted"


def test_families_that_are_the_same_are_practically_equal():
    assert verdicts(chance=0.01)[f"{LEVEL}, {OVER}"] == "practically equal"


def test_trunks_that_differ_singly_but_not_on_average_decide_nothing():
    assert verdicts(single=1.0)[f"{LEVEL}, {OVER}"] == "undecided"


def test_the_unit_is_the_trunk():
    """Welch's test of the trunks' means, before Holm."""
    proof = evidence(level=-0.4, trunks=2, single=0.3, chance=0.01)
    (effects,) = proof.effects
    done = effects.done.assign(level=effects.level)
    means = done[done["backbone"].notna()].groupby("backbone")["level"].mean()
    expected = stats.ttest_ind(means[TRANSFORMER], means[CONVOLUTIONAL[:2]], equal_var=False)
    one = next(one for one in findings(proof) if one.regime.startswith(LEVEL))
    assert one.value == pytest.approx(means[TRANSFORMER].mean() - means[CONVOLUTIONAL[:2]].mean())
    detail = h06b_family_detail.findings(proof)
    assert [one.regime for one in detail] == [f"{LEVEL}, {OVER}"]
    assert one.p >= expected.pvalue * 0.9


def test_one_trunk_of_each_is_for_these_trunks():
    found = verdicts(-1, -1, trunks=1)
    assert found[f"{INTERACTION}, {FOR_THESE}"] == found[f"{LEVEL}, {FOR_THESE}"] == "supported"
    one_seed = verdicts(-1, -1, trunks=1, seeds=1)
    assert one_seed[f"{LEVEL}, {FOR_THESE}"] == "this design cannot decide it"


def test_the_slope_is_that_of_a_straight_line():
    proof = evidence(-1)
    one = next(one for one in findings(proof) if one.regime.startswith(INTERACTION))
    (effects,) = proof.effects
    settings = effects.settings[effects.settings["adversarial_weight"] > 0]
    slopes = {True: [], False: []}
    for (_, name), curve in settings.groupby(["fidelity", "discriminator"]):
        line = np.polyfit(np.log10(curve["adversarial_weight"]), curve["value"], 1)
        slopes[name.removesuffix("-patch") in TRANSFORMER].append(line[0])
    assert one.value == pytest.approx(np.mean(slopes[True]) - np.mean(slopes[False]))


def test_collapse_is_fisher_s_exact_test_for_these_trunks():
    """10 of 36 against 0 of 36: by hand, two tails of C(36, 10) / C(72, 10); Holm over three."""
    *others, one = findings(evidence(lost=(0, 10), trunks=1))
    p = 2 * comb(36, 10) / comb(72, 10)
    assert min(other.p for other in others) > 3 * p
    assert one.p == pytest.approx(3 * p)
    assert (one.value, one.verdict) == (pytest.approx(-10 / 36), "supported")
    assert verdicts(lost=(10, 0), trunks=1)[f"{COLLAPSE}, {FOR_THESE}"] == "contradicted"


def test_one_family_is_nothing_to_compare():
    cells = grid(LOSSES[:4], [("vgg-patch", "vgg16", "patch")], WEIGHTS, 3)
    assert findings(evidence_of(cells, by_loss(cells, range(4)))) == []
