"""The worlds of the error rates: what is planted is there, and the short form of the simulation."""

import numpy as np
import pytest
from scipy import stats

from asymmetry.analysis.hypotheses.registry import load_hypotheses
from asymmetry.simulation.error_rates import key_of, of_world
from asymmetry.simulation.study import Chance, adversarial, cells_of, evidence_of, of_levels
from asymmetry.simulation.worlds import worlds

WORLDS = {key_of(world): world for world in worlds()}
MODULES = {module.ID: module for module in load_hypotheses()}
VGG = ("vgg-patch", "vgg16", "patch")


def test_every_world_has_a_name_of_its_own():
    assert len(WORLDS) == len(worlds())


def test_every_claim_of_the_abstract_is_tried():
    tried = {one.hypothesis for world in WORLDS.values() for one in world.expected}
    claimed = {module.ID for module in MODULES.values() if module.SOURCE == "P"}
    assert claimed <= tried


def quality(cells, rng):
    return of_levels(cells, "fidelity", np.arange(6.0)) + 2 * adversarial(cells)


def evidence(**chance):
    cells = cells_of([f"loss{n}" for n in range(6)], [VGG], (0.1,), 3)
    rng = np.random.default_rng(0)
    (effects,) = evidence_of(cells, quality, Chance(**chance), rng).effects
    return effects


def test_the_planted_quality_is_what_the_judges_see():
    effects = evidence(training=0.0, scores=0.0, by_image={}, by_judge=0.0)
    expected = stats.zscore(np.asarray(quality(effects.done, None)))
    assert effects.level == pytest.approx(expected)


def test_levels_of_seeds_do_not_show():
    quiet = {"training": 0.0, "scores": 0.0, "by_image": {}, "by_judge": 0.0}
    assert evidence(seeds=5.0, **quiet).level == pytest.approx(evidence(**quiet).level)


def test_what_is_awkward_is_there():
    assert (evidence(diverged=0.5).cells["status"] == "diverged").sum() > 3
    assert np.isnan(evidence(missing=0.3).z[0]).any()
    assert "do not agree" in evidence(camps=True).unreliable
    tied = evidence(ties=True, training=0.0, scores=0.0, by_judge=0.0, by_image={})
    assert len(np.unique(tied.z[0, :, 0].round(6))) <= 12
    spread = [np.std(evidence(adversarial=size, training=1.0).level) for size in (1.0, 1.0)]
    assert spread[0] == spread[1]


@pytest.mark.slow
@pytest.mark.parametrize("key", sorted(WORLDS))
@pytest.mark.parametrize("studies", [5, pytest.param(100, marks=pytest.mark.long)])
def test_verdicts_are_wrong_no_more_often_than_nominal(key, studies):
    """Beyond these counts lies a probability of one in ten thousand at 5 %.

    The findings of a study are not independent, so a study counts as one.
    """
    for rate in of_world(WORLDS[key], studies, MODULES):
        share = rate.findings // studies or 1
        assert rate.wrong <= share * stats.binom.ppf(0.9999, studies, 0.05), rate
        missed = rate.intervals - rate.covered
        assert missed <= share * stats.binom.ppf(0.9999, studies, 0.08), rate
