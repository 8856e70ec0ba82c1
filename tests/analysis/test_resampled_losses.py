import numpy as np

from asymmetry.analysis.resampled_losses import resample_losses


def test_draws_of_losses_are_the_same_every_time():
    first, second = resample_losses(5, 30), resample_losses(5, 30)
    assert np.array_equal(first.measured(np.arange(5.0), np.zeros(5)), second.chosen)
    assert np.array_equal(first.deviates, second.deviates)
