from dataclasses import replace

import numpy as np
import pytest

from asymmetry.analysis.regimes import WITH, WITHOUT, Regime, difference, regime, regimes
from asymmetry.tables.read import load_tables
from tests.analysis.simulated import LOSSES as EIGHT
from tests.analysis.simulated import (
    VGG_PATCH,
    VGG_VANILLA,
    VIT_PATCH,
    adversarial,
    by_loss,
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
    return all_effects(load_tables(tmp_path), ["vsi"])[0]


def test_no_setting_is_left_out_because_one_loss_diverged_there(effects):
    without, part = regimes(effects)
    # One of six diverged for a loss, one is missing: 16 of 18 cells are there.
    assert (part.settings, part.replication) == (6, pytest.approx(16 / 3))
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
    assert part.settings == 9
    assert part.replication == 36 / 8
    assert steps(part.effect) == pytest.approx(steps([TRUE["fidelity"][x] for x in part.losses]))
    assert part.error == pytest.approx(0, abs=1e-9)
    assert part.reliability(part.losses) == pytest.approx(1)


def test_main_effects_of_a_full_design_are_its_means():
    effects = additive(72, chance=2.0)
    part = regime(effects, WITH)
    own = effects.settings[effects.settings["adversarial_weight"] > 0]
    means = own.groupby("fidelity")["value"].mean()
    assert part.effect == pytest.approx(means.reindex(part.losses).to_numpy())


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
    part = regime(effects, WITH)
    own = effects.settings[effects.settings["adversarial_weight"] > 0]
    values = own["value"]
    sums = sum(values.groupby(own[axis]).transform("mean") for axis in TRUE)
    residuals = values - sums + 2 * values.mean()
    spread = np.sqrt((residuals**2).sum() / (72 - 12))
    assert part.error == pytest.approx(np.full(8, spread * np.sqrt((1 - 1 / 8) / 9)))


def test_games_that_do_not_tell_losses_apart_compare_none():
    cells = grid(EIGHT[:2], (VGG_PATCH, VIT_PATCH), seeds=1)
    own = (cells["fidelity"] == EIGHT[0]) == (cells["discriminator"] == "vgg-patch")
    cells = cells[own | (cells["adversarial_weight"] == 0)].reset_index(drop=True)
    (effects,) = evidence_of(cells, by_loss(cells, range(2))).effects
    assert regime(effects, WITH).losses == []
    assert regime(effects, WITHOUT).losses == EIGHT[:2]


def test_of_one_training_a_loss_the_error_is_not_known(effects):
    without, _ = regimes(effects)
    assert np.isnan(without.error).all()
    assert np.isnan(without.reliability(LOSSES))


def test_a_difference_of_two_losses_has_the_chance_of_all_trainings():
    """Without noise of images: 2 s^2 / seeds, s of all losses in the setting."""
    cells = grid(seeds=3)
    chance = 0.5 * np.random.default_rng(1).standard_normal(len(cells))
    (effects,) = evidence_of(cells, by_loss(cells, range(8)) + chance, noise=0.0).effects
    found = difference(effects, adversarial(cells), EIGHT[5], EIGHT[2])
    level = effects.level[adversarial(cells)].reshape(3, 8)
    rest = level - level.mean(0) - level.mean(1, keepdims=True) + level.mean()
    assert found.value == pytest.approx(level[:, 5].mean() - level[:, 2].mean())
    assert found.degrees_of_freedom == 14
    assert found.error == pytest.approx(np.sqrt(2 / 3 * np.square(rest).sum() / 14))
    assert np.isnan(difference(effects, adversarial(cells), EIGHT[5], "l1").value)


def test_reliability_is_the_share_of_variance_that_is_not_error():
    part = Regime(WITH, ["a", "b", "c"], np.array([0.0, 1.0, 2.0]), np.full(3, 0.6), 30, 2.0, 10)
    assert part.reliability(part.losses) == pytest.approx(1 - 0.6**2)
    assert replace(part, error=np.ones(3)).reliability(part.losses) == 0
    assert np.isnan(replace(part, error=np.full(3, np.nan)).reliability(part.losses))
