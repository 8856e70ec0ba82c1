from math import comb

import numpy as np
import pytest

from asymmetry.analysis.hypotheses.h06_family import COLLAPSE, INTERACTION, LEVEL, findings
from tests.analysis.simulated import (
    LOSSES,
    VGG_PATCH,
    VIT_PATCH,
    by_loss,
    evidence_of,
    grid,
    training_noise,
)

WEIGHTS = (0.001, 0.01, 0.1)


def evidence(slope=0.0, level=0.0, seeds=3, diverged=(0, 0)):
    """What the Transformer has more than the convolutional one; runs that diverged of each."""
    cells = grid(LOSSES[:4], [VGG_PATCH, VIT_PATCH], WEIGHTS, seeds)
    vit = (cells["backbone"] == "vit-small").to_numpy()
    decades = np.log10(cells["adversarial_weight"].clip(lower=1e-9)).to_numpy() + 2
    quality = by_loss(cells, range(4)) + np.where(vit, level + slope * decades, 0)
    for backbone, count in zip(("vgg16", "vit-small"), diverged, strict=True):
        own = cells[cells["backbone"] == backbone].sort_values("fidelity", kind="stable")
        cells.loc[own.index[:count], "status"] = "diverged"
    return evidence_of(cells, quality + training_noise(cells))


def verdicts(*arguments, **options):
    return {one.regime: one.verdict for one in findings(evidence(*arguments, **options))}


def test_a_planted_fall_and_level_support_it():
    found = verdicts(-1, -1)
    assert found == {INTERACTION: "supported", LEVEL: "supported", COLLAPSE: "undecided"}


def test_the_opposite_contradicts_it():
    found = verdicts(1, 1)
    assert (found[INTERACTION], found[LEVEL]) == ("contradicted", "contradicted")


def test_equal_families_are_undecided():
    assert set(verdicts().values()) == {"undecided"}


def test_the_slope_is_that_of_a_straight_line():
    one = next(one for one in findings(evidence(-1)) if one.regime == INTERACTION)
    (effects,) = evidence(-1).effects
    settings = effects.settings[effects.settings["adversarial_weight"] > 0]
    slopes = [
        np.polyfit(np.log10(curve["adversarial_weight"]), curve["value"], 1)[0]
        * (1 if name[1] == "vit-patch" else -1)
        for name, curve in settings.groupby(["fidelity", "discriminator"])
    ]
    assert one.value == pytest.approx(np.sum(slopes) / 4)


def test_collapse_is_fisher_s_exact_test():
    """10 of 36 against 0 of 36: by hand, two tails of C(36, 10) / C(72, 10); Holm over three."""
    *others, one = findings(evidence(diverged=(0, 10)))
    p = 2 * comb(36, 10) / comb(72, 10)
    assert min(other.p for other in others) > 3 * p
    assert one.p == pytest.approx(3 * p)
    assert (one.value, one.verdict) == (pytest.approx(-10 / 36), "supported")
    assert verdicts(diverged=(10, 0))[COLLAPSE] == "contradicted"


def test_one_family_is_nothing_to_compare():
    cells = grid(LOSSES[:4], [VGG_PATCH], WEIGHTS, 3)
    assert findings(evidence_of(cells, by_loss(cells, range(4)))) == []


def test_one_seed_is_too_few():
    found = findings(evidence(-1, -1, seeds=1))
    assert {one.verdict for one in found} == {"undecided"}
    assert "One seed" in found[0].note
