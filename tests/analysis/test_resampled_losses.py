import numpy as np
import pytest

from asymmetry.analysis.resampled_losses import rank_draws, resample_losses


def test_draws_of_losses_are_the_same_for_every_regime():
    first, second = resample_losses(5, 30), resample_losses(5, 30)
    values = np.arange(5.0)[:, None].repeat(30, axis=1)
    assert np.array_equal(first.of_losses(values), first.chosen)
    assert np.array_equal(first.measured(np.arange(5.0), np.zeros(5)), second.chosen)


def test_a_draw_in_which_a_loss_has_no_effect_has_no_rho():
    predictor, effect = np.arange(8.0).reshape(2, 4), np.arange(8.0).reshape(2, 4)
    effect[1, 2] = np.nan
    assert rank_draws(predictor, effect) == pytest.approx([1, np.nan], nan_ok=True)
