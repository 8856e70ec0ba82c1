import numpy as np
import pandas as pd
import pytest
from hypothesis import given
from hypothesis import strategies as st

from asymmetry.analysis.effect import all_judged, effects_of, effects_on_axes
from asymmetry.analysis.judging import level_seeds, z_scores
from asymmetry.tables.read import load_tables
from tests.analysis.simulated import AXIS, LOSSES, by_loss, evidence_of, grid, training_noise
from tests.synthetic_tables import (
    FIDELITY,
    JUDGES,
    all_effects,
    make_runs,
    make_scores,
    write_tables,
)


def plain(values):
    """z-scores [judges, cells] of cells of one seed and different settings."""
    cells = np.arange(values.shape[1])
    return z_scores(values, cells, np.zeros_like(cells)).mean(axis=2)


def tables_of(folder, runs, scores):
    write_tables(folder, runs=runs, scores=scores)
    return load_tables(folder)


def setting(effects, fidelity, discriminator="none", weight=0.0):
    table = effects.settings
    return table[
        (table["fidelity"] == fidelity)
        & (table["discriminator"] == discriminator)
        & (table["adversarial_weight"] == weight)
    ].iloc[0]


def test_closed_form_of_three_cells():
    values = np.array(
        [[[1.0, 3.0], [2.0, 4.0], [6.0, 8.0]]]
    )  # means 2, 3, 7: mean 4, sd sqrt(14/3)
    assert plain(values)[0] == pytest.approx(np.array([-2, -1, 3]) / np.sqrt(14 / 3))


@given(st.floats(0.01, 100), st.floats(-100, 100), st.integers(0, 1000))
def test_units_of_a_judge_do_not_matter(scale, shift, key):
    values = np.random.default_rng(key).standard_normal((2, 5, 3))
    other = values * np.array([scale, 1])[:, None, None] + np.array([shift, 0])[:, None, None]
    assert plain(other) == pytest.approx(plain(values), abs=1e-6)


def test_a_judge_that_sees_mostly_the_seeds_weighs_as_much_as_the_others():
    """Its z-scores are standardised after the levels of the seeds are taken out."""
    settings, seeds = np.divmod(np.arange(12), 3)
    quality = np.array([0.0, 1.0, 2.0, 4.0])[settings][None, :, None]
    of_seed = np.array([0.0, 50.0, -20.0])[seeds][None, :, None]
    found = z_scores(np.concatenate([quality, quality + of_seed]), settings, seeds)
    assert found[0] == pytest.approx(found[1])


def test_equal_cells_have_effect_zero():
    assert plain(np.full((1, 4, 3), 0.3)) == pytest.approx(np.zeros((1, 4)))


def test_a_missing_image_does_not_shift_a_cell():
    values = np.array([[[1.0, 101.0], [2.0, 102.0], [3.0, 103.0]]])
    whole = plain(values)
    values[0, 2, 1] = np.nan  # the cell lacks the easy image
    found = z_scores(values, np.arange(3), np.zeros(3, dtype=int))
    assert np.nanmean(found, axis=2) == pytest.approx(whole, abs=0.35)


def test_the_primary_set_comes_first(tmp_path):
    scores = pd.concat([make_scores(make_runs()).assign(set=name) for name in ("a", "b", "c")])
    tables = tables_of(tmp_path, make_runs(), scores)
    assert [one.scope[2] for one in all_judged(tables, ["vsi"])] == ["a", "b", "c"]
    assert [one.scope[2] for one in all_judged(tables, ["vsi"], "b")] == ["b", "a", "c"]


def test_own_loss_does_not_judge_but_counts_for_the_others(tmp_path):
    runs = make_runs()
    tables = tables_of(tmp_path, runs, make_scores(runs))
    (judged,) = all_judged(tables, ["vsi", "lpips-alex"])
    found, alone = effects_of(judged, "a", ["vsi", "lpips-alex"]), effects_of(judged, "a", ["vsi"])
    own = (judged.done["fidelity"] == "lpips-alex").to_numpy()
    assert found.level[own] == pytest.approx(alone.level[own])
    assert found.level[~own] == pytest.approx(judged.z[:, ~own].mean(axis=(0, 2)))


def test_planted_order_is_found_and_diverged_cells_stay(tmp_path):
    tables = tables_of(tmp_path, runs := make_runs(), make_scores(runs))
    (effects,) = all_effects(tables, JUDGES)
    assert len(effects.settings) == 21
    values = [setting(effects, loss)["value"] for loss in FIDELITY]
    assert values == sorted(values)
    diverged = setting(effects, "l1", "vit-patch", 0.01)
    assert diverged["status"] == "diverged"
    assert np.isnan(diverged["value"])
    assert setting(effects, "ms_ssim", "resnet-vanilla", 0.01)["status"] == "missing"
    assert setting(effects, "lpips-alex")["judges"] == "vsi gmsd niqe"


def test_a_setting_that_only_collapsed_is_not_missing(tmp_path):
    runs = make_runs(seeds=(0, 1))
    mine = (runs["fidelity"] == "l1") & (runs["discriminator"] == "vit-patch")
    mine &= runs["adversarial_weight"] == 0.01
    states = {}
    for seeds in (["collapsed", "missing"], ["collapsed", "diverged"], ["collapsed", "done"]):
        runs.loc[mine, "status"] = seeds
        (effects,) = all_effects(tables_of(tmp_path, runs, make_scores(runs)), JUDGES)
        row = setting(effects, "l1", "vit-patch", 0.01)
        states[tuple(seeds)] = (row["status"], row["done"], row["diverged"], row["collapsed"])
        # Another setting is missing, in both seeds.
        ended = "" if seeds[1] == "done" else f", 1 {row['status']}"
        assert effects.coverage == f"{20 - (ended != '')} of 21 settings done{ended}, 1 missing"
    assert list(states.values()) == [
        ("collapsed", 0, 0, 1),
        ("diverged", 0, 1, 1),
        ("done", 1, 0, 1),
    ]


def test_done_without_scores_is_not_assessed(tmp_path):
    runs = make_runs()
    scores = make_scores(runs)
    run = runs.loc[(runs["fidelity"] == "l1") & (runs["kind"] == "cell"), "run"].iloc[0]
    tables = tables_of(tmp_path, runs, scores[scores["run"] != run])
    (effects,) = all_effects(tables, JUDGES)
    assert setting(effects, "l1")["status"] == "not assessed"


def test_seeds_are_joined(tmp_path):
    runs = make_runs(seeds=(0, 1, 2))
    (effects,) = all_effects(tables_of(tmp_path, runs, make_scores(runs)), JUDGES)
    row = setting(effects, "l1")
    assert (row["planned"], row["seeds"], len(row["runs"].split())) == (3, 3, 3)
    assert len(effects.settings) == 21
    done = effects.settings[effects.settings["value"].notna()]
    assert (done["low"] < done["value"]).all()
    assert (done["value"] < done["high"]).all()


def test_of_one_seed_there_is_no_interval(tmp_path):
    runs = make_runs()
    (effects,) = all_effects(tables_of(tmp_path, runs, make_scores(runs)), JUDGES)
    assert effects.settings[["low", "high"]].isna().all(axis=None)


def test_the_interval_is_student_s_of_the_repeated_trainings():
    """Without noise of images: the pooled variance within settings, less a level a seed."""
    cells = grid(LOSSES[:4], seeds=3)
    quality = by_loss(cells, range(4)) + training_noise(cells, 0.5)
    (effects,) = evidence_of(cells, quality, noise=0.0).effects
    alone = (cells["adversarial_weight"] == 0).to_numpy()
    own = effects.level[alone].reshape(3, 4)  # one seed of all losses after the other
    within = np.square(own - own.mean(0)).sum() / (12 - 4 - 2)
    row = setting(effects, LOSSES[0])
    assert row["high"] - row["value"] == pytest.approx(2.446912 * np.sqrt(within / 3), rel=1e-4)


def test_a_judge_that_is_left_out_changes_what_it_would_without_its_scores(tmp_path):
    tables = tables_of(tmp_path, runs := make_runs(), make_scores(runs))
    (judged,) = all_judged(tables, JUDGES)
    (left,) = effects_on_axes(judged, {"together": JUDGES}, without=["niqe", "gmsd"])
    (never,) = all_effects(tables, ["vsi", "lpips-alex"])
    assert left.settings.equals(never.settings)


def test_an_axis_without_numbers_has_no_effect(tmp_path):
    tables = tables_of(tmp_path, runs := make_runs(), make_scores(runs, metrics=["psnr_y"]))
    (judged,) = all_judged(tables, JUDGES)
    assert effects_on_axes(judged, {"together": JUDGES}) == []
    (effects,) = all_effects(tables, JUDGES)
    assert effects.settings["value"].isna().all()


def test_two_camps_of_judges_are_unreliable_together_and_reliable_apart():
    cells = grid()
    proof = evidence_of(cells, by_loss(cells, range(8)), judges=("vsi", "fsim", "niqe", "piqe"))
    (judged,) = proof.judged
    judged.z[2:] *= -1
    together = effects_of(judged, AXIS, judged.judges)
    apart = effects_of(judged, AXIS, ["vsi", "fsim"])
    assert "do not agree" in together.unreliable
    assert together.reliability.alpha < 0
    assert apart.unreliable == ""
    assert apart.reliability.effective == pytest.approx(1, abs=0.1)


def test_a_single_judge_has_no_alpha_and_speaks_for_itself():
    cells = grid()
    (effects,) = evidence_of(cells, by_loss(cells, range(8)), judges=("vsi",)).effects
    assert np.isnan(effects.reliability.alpha)
    assert effects.unreliable == ""


@given(st.integers(0, 2**32 - 1), st.integers(2, 6), st.integers(1, 3))
def test_a_setting_is_not_judged_by_the_seeds_that_it_has(key, settings, slices):
    rng = np.random.default_rng(key)
    true, of_seed = rng.normal(size=settings), rng.normal(size=(3, 4))  # on four images
    # Seed 0 of all settings, and two more seeds of some.
    cells = [(place, 0) for place in range(settings)]
    cells += [(place, seed) for place in range(min(slices, settings)) for seed in (1, 2)]
    places, seeds = np.array(cells).T
    level = level_seeds(true[places][:, None] + of_seed[seeds], places, seeds)
    assert level == pytest.approx(true[places][:, None] + of_seed[seeds].mean(axis=0))


@given(st.integers(0, 2**32 - 1))
def test_where_all_settings_have_the_same_seeds_means_stay(key):
    values = np.random.default_rng(key).normal(size=(12, 5))
    places, seeds = np.divmod(np.arange(12), 3)
    level = level_seeds(values, places, seeds)
    assert level.reshape(4, 3, 5).mean(1) == pytest.approx(values.reshape(4, 3, 5).mean(1))


def test_seeds_without_a_common_setting_stay_as_they_are():
    values = np.array([[1.0], [5.0]])
    assert level_seeds(values, np.arange(2), np.arange(2)) == pytest.approx(values)
    assert np.isnan(level_seeds(values * np.nan, np.arange(2), np.arange(2))).all()
