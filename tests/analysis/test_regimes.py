from dataclasses import replace

import numpy as np
import pytest

from asymmetry.analysis.regimes import WITH, WITHOUT, Regime, by_main_effects, regime, regimes
from asymmetry.tables.read import load_tables
from tests.analysis.simulated import LOSSES as EIGHT
from tests.analysis.simulated import (
    VGG_PATCH,
    VGG_VANILLA,
    VIT_PATCH,
    evidence_of,
    grid,
    part_of_the_games,
)
from tests.synthetic_tables import all_effects, make_runs, make_scores, write_tables

LOSSES = ["l1", "ms_ssim", "ssim"]
RISING = {loss: float(place) for place, loss in enumerate(LOSSES)}


@pytest.fixture
def effects(tmp_path):
    runs = make_runs(LOSSES)
    write_tables(tmp_path, runs=runs, scores=make_scores(runs, RISING, metrics=["vsi"]))
    return all_effects(load_tables(tmp_path), ["vsi"], 20)[0]


def test_losses_are_compared_on_settings_that_all_have(effects):
    without, part = regimes(effects)
    # One of six diverged for a loss, one is missing.
    assert (part.settings, part.possible) == (4, 6)
    assert (without.name, without.losses) == (WITHOUT, LOSSES)


WEIGHTS = (0.001, 0.01, 0.1)
TRUE = {
    "fidelity": dict(zip(EIGHT, [0.0, 3.0, 1.0, 2.0, 7.0, 4.0, 5.0, 6.5], strict=True)),
    "discriminator": {"none": 0.0, "vgg-patch": 1.0, "vgg-vanilla": -2.0, "vit-patch": 4.0},
    "adversarial_weight": {0.0: 0.0, 0.001: 0.5, 0.01: 1.0, 0.1: -3.0},
}


def additive(games, chance=0.0):
    """Effects of a study of one seed, that trained so many of 72 games, whose quality is a sum."""
    cells = grid(discriminators=(VGG_PATCH, VGG_VANILLA, VIT_PATCH), weights=WEIGHTS, seeds=1)
    cells = part_of_the_games(cells, games)
    quality = sum(cells[axis].map(values) for axis, values in TRUE.items()).to_numpy()
    noise = chance * np.random.default_rng(1).standard_normal(len(cells))
    (effects,) = evidence_of(cells, quality + noise, noise=0.0).effects
    return effects


def steps(values):
    """Differences of the first from the others, in units of the largest."""
    differences = np.asarray(values) - values[0]
    return differences / np.abs(differences).max()


def test_a_fraction_gives_the_main_effects_of_the_whole():
    part = regime(additive(36), WITH)
    assert part.fitted
    assert (part.settings, part.possible) == (36, 72)
    assert steps(part.effect) == pytest.approx(steps([TRUE["fidelity"][x] for x in part.losses]))
    assert part.error == pytest.approx(0, abs=1e-9)
    assert part.reliability(part.losses) == pytest.approx(1)


def test_main_effects_of_a_full_design_are_its_means():
    effects = additive(72, chance=2.0)
    weights = effects.settings["adversarial_weight"] > 0
    means, effect = regime(effects, WITH), by_main_effects(effects, WITH, weights)
    assert not means.fitted
    assert means.losses == effect.losses
    assert effect.effect == pytest.approx(means.effect)
    assert effect.draws == pytest.approx(means.draws)


def test_chance_makes_effects_of_a_fraction_less_reliable():
    reliability = [
        (part := regime(additive(36, chance), WITH)).reliability(part.losses)
        for chance in (0.5, 2.0, 200.0)
    ]
    assert reliability[0] > 0.95
    assert reliability[0] > reliability[1] > reliability[2]


def test_the_error_of_main_effects_is_that_of_a_closed_form():
    # In a full design the mean of 9 games, against that of all: s * sqrt((1 - 1 / 8) / 9).
    effects = additive(72, chance=2.0)
    weights = effects.settings["adversarial_weight"] > 0
    part = by_main_effects(effects, WITH, weights)
    values = effects.settings.loc[weights, "value"]
    own = {axis: effects.settings.loc[weights, axis] for axis in TRUE}
    sums = sum(values.groupby(keys).transform("mean") for keys in own.values())
    residuals = values - sums + 2 * values.mean()
    spread = np.sqrt((residuals**2).sum() / (72 - 12))
    assert part.error == pytest.approx(np.full(8, spread * np.sqrt((1 - 1 / 8) / 9)))


@pytest.mark.parametrize("games", [8, 20])
def test_games_that_leave_no_error_to_see_compare_no_losses(games):
    part = regime(additive(games), WITH)
    assert (part.losses, part.settings) == ([], 0)


def test_reliability_is_the_share_of_variance_that_is_not_error():
    part = Regime(
        WITH,
        ["a", "b", "c"],
        np.array([0.0, 1.0, 2.0]),
        np.empty((3, 0)),
        30,
        60,
        np.full(3, 0.6),
        fitted=True,
    )
    assert part.reliability(part.losses) == pytest.approx(1 - 0.6**2)
    assert replace(part, error=np.ones(3)).reliability(part.losses) == 0
    assert replace(part, fitted=False).reliability(part.losses) == 1
