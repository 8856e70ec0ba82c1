"""The bootstrap over losses, and rank correlations under it."""

from dataclasses import dataclass

import numpy as np

from asymmetry.core.randomness import draws
from asymmetry.stats.arrays import Array, Integers
from asymmetry.stats.rank_correlation import spearman
from asymmetry.stats.resampling import resampled_indices


@dataclass(frozen=True)
class ResampledLosses:
    """Losses drawn with replacement, `chosen` [draws, losses], and a normal deviate of each loss.

    `deviates` [draws, losses] are of all losses, whether drawn or not.
    """

    chosen: Integers
    deviates: Array

    def of_losses(self, values: Array) -> Array:
        """Values [losses, draws], as those of the drawn losses [draws, losses]."""
        return np.take_along_axis(values.T, self.chosen, axis=1)

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


def rank_draws(predictor: Array, effect: Array) -> Array:
    """Spearman's rho in each draw [draws] of a predictor and the effect, both [draws, losses].

    NaN where a side is constant, or where a loss has no effect because its seeds were not drawn.
    """
    known = np.asarray(np.isfinite(effect).all(axis=-1))
    return np.where(known, spearman(predictor, np.where(known[:, None], effect, 0)), np.nan)
