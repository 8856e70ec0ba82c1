import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from asymmetry.analysis.effect import all_judged, effects_of, level_seeds, mean_over_judges
from asymmetry.analysis.judging import image_scores, z_scores
from asymmetry.tables.read import load_tables
from tests.analysis.simulated import LOSSES, by_loss, evidence_of, grid, training_noise
from tests.synthetic_tables import (
    FIDELITY,
    JUDGES,
    all_effects,
    make_runs,
    make_scores,
    write_tables,
)


def nobody(values):
    return np.zeros(values.shape[:2], dtype=bool)


def plain(values, own=None):
    """z-scores of the sample itself [cells]."""
    own = nobody(values) if own is None else own
    z = z_scores(values, np.ones((1, values.shape[2])), np.ones((1, values.shape[1])))
    return mean_over_judges(z, own)[:, 0]


def tables_of(folder, runs, scores):
    write_tables(folder, runs=runs, scores=scores)
    return load_tables(folder)


def setting(effects, fidelity, discriminator="none", weight=0.0):
    table = effects.table
    return table[
        (table["fidelity"] == fidelity)
        & (table["discriminator"] == discriminator)
        & (table["adversarial_weight"] == weight)
    ].iloc[0]


def test_closed_form_of_three_cells():
    values = np.array(
        [[[1.0, 3.0], [2.0, 4.0], [6.0, 8.0]]]
    )  # means 2, 3, 7: mean 4, sd sqrt(14/3)
    assert plain(values) == pytest.approx(np.array([-2, -1, 3]) / np.sqrt(14 / 3))


@given(st.floats(0.01, 100), st.floats(-100, 100), st.integers(0, 1000))
def test_units_of_a_judge_do_not_matter(scale, shift, key):
    values = np.random.default_rng(key).standard_normal((2, 5, 3))
    other = values * np.array([scale, 1])[:, None, None] + np.array([shift, 0])[:, None, None]
    assert plain(other) == pytest.approx(plain(values), abs=1e-6)


@given(st.integers(0, 1000))
def test_the_mean_over_images_is_the_cell_s_z_score(key):
    values = np.random.default_rng(key).standard_normal((2, 5, 7))
    assert image_scores(values).mean(axis=(0, 2)) == pytest.approx(plain(values))


def test_equal_cells_have_effect_zero():
    assert plain(np.full((1, 4, 3), 0.3)) == pytest.approx(np.zeros(4))


def test_a_missing_image_does_not_shift_a_cell():
    values = np.array([[[1.0, 101.0], [2.0, 102.0], [3.0, 103.0]]])
    whole = plain(values)
    values[0, 2, 1] = np.nan  # the cell lacks the easy image
    assert plain(values) == pytest.approx(whole, abs=0.35)


def test_own_loss_does_not_judge_but_counts_for_the_others():
    values = np.array([[[1.0], [2.0], [3.0]], [[3.0], [2.0], [1.0]]])
    own = nobody(values)
    own[0, 2] = True
    z = np.sqrt(1.5)
    assert plain(values, own) == pytest.approx([0, 0, -z])


def test_planted_order_is_found_and_diverged_cells_stay(tmp_path):
    tables = tables_of(tmp_path, runs := make_runs(), make_scores(runs))
    (effects,) = all_effects(tables, JUDGES, 100)
    assert len(effects.table) == 21
    values = [setting(effects, loss)["value"] for loss in FIDELITY]
    assert values == sorted(values)
    diverged = setting(effects, "l1", "vit-patch", 0.01)
    assert diverged["status"] == "diverged"
    assert np.isnan(diverged["value"])
    assert setting(effects, "ms_ssim", "resnet-vanilla", 0.01)["status"] == "missing"
    assert setting(effects, "lpips-alex")["judges"] == "vsi gmsd niqe"
    done = effects.table[effects.table["value"].notna()]
    assert (done["low"] <= done["value"]).all()
    assert (done["value"] <= done["high"]).all()


def test_done_without_scores_is_not_assessed(tmp_path):
    runs = make_runs()
    scores = make_scores(runs)
    run = runs.loc[(runs["fidelity"] == "l1") & (runs["kind"] == "cell"), "run"].iloc[0]
    tables = tables_of(tmp_path, runs, scores[scores["run"] != run])
    (effects,) = all_effects(tables, JUDGES, 20)
    assert setting(effects, "l1")["status"] == "not assessed"


def test_seeds_are_joined_and_resampled(tmp_path):
    runs = make_runs(seeds=(0, 1, 2))
    tables = tables_of(tmp_path, runs, make_scores(runs))
    (effects,) = all_effects(tables, JUDGES, 100)
    row = setting(effects, "l1")
    assert (row["planned"], row["seeds"], len(row["runs"].split())) == (3, 3, 3)
    assert len(effects.table) == 21


def test_the_mean_of_seeds_and_of_images_is_the_effect(tmp_path):
    runs = make_runs(seeds=(0, 1, 2))
    runs.loc[runs["status"] == "diverged", "status"] = "done"
    runs.loc[runs["status"] == "missing", "status"] = "done"
    (effects,) = all_effects(tables_of(tmp_path, runs, make_scores(runs)), JUDGES, 20)
    value = effects.settings["value"].to_numpy()
    assert effects.by_seed.shape == (21, 3)
    assert effects.by_seed.mean(1) == pytest.approx(value)
    assert effects.by_image.mean(1) == pytest.approx(value)


@pytest.mark.parametrize(("seeds", "images", "noise", "chance"), [(1, 60, 2, 0), (4, 60, 0.01, 2)])
def test_draws_are_as_wide_as_standard_errors(seeds, images, noise, chance):
    """Over images, where they are all that differs by chance, and over seeds."""
    cells = grid(seeds=seeds)
    quality = by_loss(cells, range(len(LOSSES))) + training_noise(cells, chance)
    one = evidence_of(cells, quality, noise=noise, images=images, resamples=500)
    (effects,) = one.effects
    units = effects.by_image if seeds == 1 else effects.by_seed
    expected = units.std(1) / np.sqrt(units.shape[1])
    assert np.median(effects.draws.std(1) / expected) == pytest.approx(1, abs=0.15)


def test_a_judge_that_is_left_out_changes_what_it_would_without_its_scores(tmp_path):
    tables = tables_of(tmp_path, runs := make_runs(), make_scores(runs))
    (judged,) = all_judged(tables, JUDGES, 30)
    left = effects_of(judged, without=["niqe", "gmsd"])
    (never,) = all_effects(tables, ["vsi", "lpips-alex"], 30)
    assert left.settings.equals(never.settings)
    assert np.array_equal(left.draws, never.draws, equal_nan=True)


def test_judges_without_numbers_leave_no_effect(tmp_path):
    tables = tables_of(tmp_path, runs := make_runs(), make_scores(runs, metrics=["psnr_y"]))
    (effects,) = all_effects(tables, JUDGES, 20)
    assert effects.table["value"].isna().all()


def test_same_tables_same_draws(tmp_path):
    tables = tables_of(tmp_path, runs := make_runs(), make_scores(runs))
    first, second = (all_effects(tables, JUDGES, 50)[0].draws for _ in range(2))
    assert np.array_equal(first, second, equal_nan=True)


@given(st.integers(0, 2**32 - 1), st.integers(2, 6), st.integers(1, 3))
def test_a_setting_is_not_judged_by_the_seeds_that_it_has(key, settings, slices):
    rng = np.random.default_rng(key)
    true, of_seed = rng.normal(size=settings), rng.normal(size=3)
    # Seed 0 of all settings, and two more seeds of some.
    cells = [(place, 0) for place in range(settings)]
    cells += [(place, seed) for place in range(min(slices, settings)) for seed in (1, 2)]
    places, seeds = np.array(cells).T
    member = (places == np.arange(settings)[:, None]).astype(float)
    values = (true[places] + of_seed[seeds])[:, None]
    level = level_seeds(member, seeds, values, np.ones_like(values))
    assert level[:, 0] == pytest.approx(true[places] + of_seed[seeds].mean())


@given(st.integers(0, 2**32 - 1))
def test_where_all_settings_have_the_same_seeds_means_stay(key):
    rng = np.random.default_rng(key)
    places, seeds = np.divmod(np.arange(12), 3)
    member = (places == np.arange(4)[:, None]).astype(float)
    values = rng.normal(size=(12, 5))
    # Draws of seeds: how often each was drawn, some not at all.
    weights = rng.multinomial(3, np.full(3, 1 / 3), size=5).T.astype(float)[seeds]
    level = level_seeds(member, seeds, values, weights)
    mass = member @ weights
    assert member @ (weights * level) / mass == pytest.approx(
        member @ (weights * values) / mass, abs=1e-9
    )


def test_seeds_without_a_common_setting_stay_as_they_are():
    values = np.array([[1.0], [5.0]])
    level = level_seeds(np.eye(2), np.array([0, 1]), values, np.ones((2, 1)))
    assert level == pytest.approx(values)
    assert np.isnan(
        level_seeds(np.eye(2), np.array([0, 1]), values * np.nan, np.ones((2, 1)))
    ).all()
