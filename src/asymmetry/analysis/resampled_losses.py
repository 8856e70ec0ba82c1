"""The bootstrap over losses."""

from dataclasses import dataclass

import numpy as np

from asymmetry.core.randomness import draws
from asymmetry.stats.arrays import Array, Integers
from asymmetry.stats.resampling import resampled_indices


@dataclass(frozen=True)
class ResampledLosses:
    """Losses drawn with replacement, `chosen` [draws, losses], and a normal deviate of each loss.

    `deviates` [draws, losses] are of all losses, whether drawn or not.
    """

    chosen: Integers
    deviates: Array

    def measured(self, values: Array, errors: Array) -> Array:
        """Values [losses] of the drawn losses [draws, losses], each with a normal error.

        `errors` [losses] are the standard errors; a NaN counts as no error.
        """
        return np.take_along_axis(
            values + np.nan_to_num(errors) * self.deviates, self.chosen, axis=1
        )


def resample_losses(count: int, resamples: int) -> ResampledLosses:
    """The draws of `count` losses: the same for every regime, so that differences are paired."""
    rng = draws(0, "asymmetry")
    chosen = resampled_indices(rng, count, resamples)
    return ResampledLosses(chosen, rng.standard_normal((resamples, count)))
