import numpy as np
import pandas as pd
import pytest

from asymmetry.analysis.asymmetry import (
    WITH,
    WITHOUT,
    points,
    rank_draws,
    regime,
    resample_losses,
)
from asymmetry.analysis.tables import load_tables
from tests.synthetic_tables import all_effects, make_runs, make_scores, make_skill, write_tables

LOSSES = ["l1", "ms_ssim", "ssim"]
RISING = {loss: float(place) for place, loss in enumerate(LOSSES)}


@pytest.fixture
def effects(tmp_path):
    runs = make_runs(LOSSES)
    write_tables(tmp_path, runs=runs, scores=make_scores(runs, RISING, metrics=["vsi"]))
    return all_effects(load_tables(tmp_path), ["vsi"], 20)[0]


def test_losses_are_compared_on_settings_that_all_have(effects):
    part = regime(effects, WITH)
    # One of six diverged for a loss, one is missing.
    assert (part.settings, part.possible) == (4, 6)
    assert regime(effects, WITHOUT).losses == LOSSES


def test_points_keep_losses_without_skill(effects):
    table = points(effects, make_skill({"l1": 0.8}))
    assert len(table) == 6
    assert table.loc[table["fidelity"] == "ssim", "skill"].isna().all()
    assert isinstance(table, pd.DataFrame)


def test_draws_of_losses_are_the_same_for_every_regime():
    first, second = resample_losses(5, 30), resample_losses(5, 30)
    values = np.arange(5.0)[:, None].repeat(30, axis=1)
    assert np.array_equal(first.of_losses(values), first.chosen)
    assert np.array_equal(first.measured(np.arange(5.0), np.zeros(5)), second.chosen)


def test_a_draw_in_which_a_loss_has_no_effect_has_no_rho():
    predictor, effect = np.arange(8.0).reshape(2, 4), np.arange(8.0).reshape(2, 4)
    effect[1, 2] = np.nan
    assert rank_draws(predictor, effect) == pytest.approx([1, np.nan], nan_ok=True)
