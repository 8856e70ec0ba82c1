"""Over many simulated studies: what is not there is found at the nominal rate, what is, is found.

Each test has a short form, mostly of a fifth of the studies, and its full one (`long`). The limits
are those of the count: beyond them lies a probability of one in a thousand.
"""

import numpy as np
import pytest
from scipy import stats

from asymmetry.analysis.hypotheses import h01_prediction, h02_misalignment, h05_patch
from tests.analysis.simulated import (
    VGG_PATCH,
    VGG_VANILLA,
    VIT_PATCH,
    adversarial,
    by_loss,
    evidence_of,
    grid,
    part_of_the_games,
    training_noise,
)

LEVEL = 0.05
LOSSES = [f"loss{place}" for place in range(10)]
PLAIN = grid(LOSSES)
HEADS = grid(LOSSES[:3], [VGG_PATCH, VGG_VANILLA], (0.01, 0.1), seeds=3)
FRACTION = part_of_the_games(
    grid(LOSSES, [VGG_PATCH, VGG_VANILLA, VIT_PATCH], (0.001, 0.01, 0.1, 1.0), seeds=1), 50
)

pytestmark = pytest.mark.slow


def short_and(full):
    """The counts of studies of a test: a fifth of the full one, and the full one."""
    return [full // 5, pytest.param(full, marks=pytest.mark.long)]


def least(count):
    """The smallest plausible count of findings at the nominal level."""
    return stats.binom.ppf(0.001, count, LEVEL)


def most(count, level=LEVEL):
    """The largest plausible one."""
    return stats.binom.ppf(0.999, count, level)


def correlated(relation, rng):
    """Skill and, without and with an adversary, effect of the losses, so correlated with it."""
    skill = rng.standard_normal(len(LOSSES))
    chance = rng.standard_normal((2, len(LOSSES)))
    r = np.array(relation)[:, None]
    return skill, r * skill + np.sqrt(1 - r**2) * chance


def study(relation, key):
    """Evidence of a study in which skill and effect have these correlations."""
    skill, (without, with_adversary) = correlated(relation, np.random.default_rng(key))
    quality = np.where(adversarial(PLAIN), by_loss(PLAIN, with_adversary), by_loss(PLAIN, without))
    quality = quality + training_noise(PLAIN, 0.1, key)
    known = dict(zip(LOSSES, np.tanh(1 + 0.3 * skill), strict=True))
    return evidence_of(PLAIN, quality, known, judges=["vsi", "piqe"], images=8, key=key)


@pytest.fixture(scope="module", params=short_and(500))
def unrelated(request):
    """H1 without an adversary, and H2, of studies in which skill and effect have no relation."""
    studies = [study((0, 0), key) for key in range(request.param)]
    return [(h01_prediction.findings(one)[0], h02_misalignment.findings(one)[0]) for one in studies]


def test_h1_is_exact_where_there_is_no_relation(unrelated):
    count = len(unrelated)
    assert least(count) <= sum(one.p <= LEVEL for one, _ in unrelated) <= most(count)
    # The claim is contradicted by a positive relation only: half of them.
    contradicted = sum(one.verdict == "contradicted" for one, _ in unrelated)
    assert contradicted <= most(count, LEVEL / 2)


@pytest.mark.parametrize("count", short_and(100))
def test_h1_is_rarely_supported_by_a_strong_relation_and_mostly_contradicted(count):
    found = [h01_prediction.findings(study((0.9, 0.9), key))[0] for key in range(count)]
    assert sum(one.verdict == "supported" for one in found) <= most(count, LEVEL / 2)
    assert sum(one.verdict == "contradicted" for one in found) >= 0.8 * count


def test_h2_is_no_more_often_decided_than_nominal_where_nothing_changes(unrelated):
    count = len(unrelated)
    assert sum(one.verdict != "undecided" for _, one in unrelated) <= most(count)
    assert sum(one.p <= LEVEL for _, one in unrelated) <= most(count)


@pytest.mark.parametrize("count", short_and(500))
def test_nor_where_a_relation_stays_what_it_is(count):
    found = [h02_misalignment.findings(study((0.7, 0.7), key))[0] for key in range(count)]
    assert sum(one.verdict != "undecided" for one in found) <= most(count)


@pytest.mark.parametrize("count", short_and(50))
def test_h2_finds_a_planted_asymmetry(count):
    found = [h02_misalignment.findings(study((0.95, -0.95), key))[0] for key in range(count)]
    assert sum(one.verdict == "supported" for one in found) >= 0.9 * count


ALL_OF_H5 = [pytest.param(images, 500, marks=pytest.mark.long) for images in (0.3, 2.0)]


def of_heads(gain, key, images):
    """Evidence of a study in which a patch head is better by `gain`."""
    quality = by_loss(HEADS, range(3)) + gain * (HEADS["head"] == "patch").to_numpy()
    quality = quality + training_noise(HEADS, 0.3, key)
    return evidence_of(HEADS, quality, judges=["vsi", "piqe"], noise=images, images=8, key=key)


@pytest.mark.parametrize(("images", "count"), [(0.3, 200), (2.0, 100), *ALL_OF_H5])
def test_h5_is_no_more_often_decided_than_nominal_where_heads_are_equal(images, count):
    """With noise of the trainings above that of the images, and below it.

    Above it, 100 studies would not show an interval that takes three seeds for many.
    """
    found = [h05_patch.findings(of_heads(0, key, images))[0] for key in range(count)]
    assert sum(one.p <= LEVEL for one in found) <= most(count)
    assert sum(not one.low <= 0 <= one.high for one in found) <= most(count)


@pytest.mark.parametrize("count", short_and(50))
def test_h5_finds_a_planted_gain(count):
    found = [h05_patch.findings(of_heads(1.5, key, 0.3))[0] for key in range(count)]
    assert sum(one.verdict == "supported" for one in found) >= 0.9 * count


def fraction(relation, key, chance):
    """The same, from 50 of 120 games of three discriminators and four weights, one seed."""
    skill, (without, with_adversary) = correlated(relation, np.random.default_rng(key))
    quality = np.where(
        adversarial(FRACTION), by_loss(FRACTION, with_adversary), by_loss(FRACTION, without)
    )
    quality = quality + training_noise(FRACTION, chance, key) * adversarial(FRACTION)
    known = dict(zip(LOSSES, np.tanh(1 + 0.3 * skill), strict=True))
    return evidence_of(FRACTION, quality, known, judges=["vsi", "piqe"], images=8, key=key)


@pytest.mark.parametrize("count", short_and(200))
def test_the_error_of_a_fraction_does_not_pass_for_a_finding(count):
    studies = [fraction((0.9, 0.9), key, 0.7) for key in range(count)]
    h1 = [h01_prediction.findings(one)[1] for one in studies]
    h2 = [h02_misalignment.findings(one)[0] for one in studies]
    assert all("fitted to 50 of 120" in one.note for one in h1)
    assert sum(one.verdict == "supported" for one in h1) <= most(count, LEVEL / 2)
    assert sum(one.verdict == "contradicted" for one in h1) > count / 2
    assert sum(one.verdict == "supported" for one in h2) <= most(count, LEVEL / 2)


@pytest.mark.parametrize("count", short_and(200))
def test_nor_does_it_where_it_is_larger_than_the_effects(count):
    studies = [fraction((0.9, 0.9), key, 4) for key in range(count)]
    for found in (
        [h01_prediction.findings(one)[1] for one in studies],
        [h02_misalignment.findings(one)[0] for one in studies],
    ):
        assert sum(one.verdict == "supported" for one in found) <= most(count, LEVEL / 2)
