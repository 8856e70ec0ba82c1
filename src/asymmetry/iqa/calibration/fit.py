"""Channel weights from human scores: non-negative least squares, drawn towards even weights.

Ding, Ma, Wang and Simoncelli ("Image quality assessment: unifying structure and texture
similarity", 2020) fit alpha and beta, not negative and with sum 1, to the scores of KADID-10k.
Here the same K = 2C weights v = (alpha, beta) predict how bad people found each image, y of
variance 1, from its dissimilarities f_k = 1 - S_k, in units where even weights of 1 give a variance
of 1 too. Over v >= 0 and an offset they minimise

    mean over images of (sum_k v_k f_k / K + offset - y)^2 + penalty * mean_k (v_k - mean v)^2;

then v is divided by its sum. A backbone has more channels than a set has images, so the penalty
decides between channels where the scores do not: a large one gives the even weights of `dists`.
The problem is convex and has one solution. The penalty is the one of the least squared error on
contents that did not fit it.
"""

from collections.abc import Sequence
from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray
from scipy.optimize import minimize

from asymmetry.core.errors import UserError

Values = NDArray[np.float64]

# The penalty of weights that deviate by 1 from even ones, in variances of the scores.
PENALTIES = tuple(10.0**power for power in range(1, -5, -1))
FOLDS = 5
_EXACT = {"maxiter": 10_000, "maxfun": 20_000, "ftol": 1e-12, "gtol": 1e-7}


class Fit(NamedTuple):
    """The weights [K], not negative and with sum 1, and the penalty that was chosen."""

    weights: Values
    penalty: float


def fit_weights(features: Values, badness: Values, contents: Sequence[str]) -> Fit:
    """Fit weights to the dissimilarities [N, K] and scores [N] (higher is worse) of N images.

    The contents are distributed over at most five folds. Raises UserError where all scores or all
    features of a fold are equal, and where no feature grows with the scores.
    """
    penalty = chosen_penalty(features, badness, contents)
    weights = solve(features, badness, penalty)
    if not weights.sum() > 0:
        raise UserError(
            "calibration.set: no channel differs more where the scores are worse; "
            "check the set's higher_is_better"
        )
    return Fit(weights / weights.sum(), penalty)


def chosen_penalty(features: Values, badness: Values, contents: Sequence[str]) -> float:
    """The penalty with the least squared error on left-out contents; of equals, the largest."""
    names = sorted(set(contents))
    fold_of = {name: index % FOLDS for index, name in enumerate(names)}
    folds = np.array([fold_of[name] for name in contents])
    errors = [
        sum(_error_on(features, badness, folds == fold, penalty) for fold in set(fold_of.values()))
        for penalty in PENALTIES
    ]
    return PENALTIES[int(np.argmin(errors))]


def _error_on(
    features: Values, badness: Values, left_out: NDArray[np.bool_], penalty: float
) -> float:
    """The summed squared error on the images left out of a fit."""
    inside, scores = features[~left_out], badness[~left_out]
    weights = solve(inside, scores, penalty)
    predicted = scores.mean() + (features[left_out] - inside.mean(axis=0)) @ weights
    return float(((predicted - badness[left_out]) ** 2).sum())


def solve(features: Values, badness: Values, penalty: float) -> Values:
    """The weights [K], not negative, in units of the scores; see the formula above.

    Raises UserError where all scores, or all features, are equal.
    """
    images, channels = features.shape
    centred = features - features.mean(axis=0)
    spread_of_scores, spread_of_even = badness.std(), centred.mean(axis=1).std()
    if not (spread_of_scores > 0 and spread_of_even > 0):
        raise UserError(
            "calibration.set: the images of some contents differ in nothing; "
            "raise calibration.train or take a larger set"
        )
    wanted = (badness - badness.mean()) / spread_of_scores
    # In these units even weights of 1 give a distance of variance 1, whatever the backbone.
    centred /= channels * spread_of_even

    def objective(weights: Values) -> tuple[float, Values]:
        residual = centred @ weights - wanted
        apart = weights - weights.mean()
        value = channels * (residual @ residual) / images + penalty * (apart @ apart)
        slope = channels * (residual @ centred) / images + penalty * apart
        return float(value), 2 * slope

    found = minimize(
        objective,
        np.ones(channels),
        jac=True,
        method="L-BFGS-B",
        bounds=[(0, None)] * channels,
        options=_EXACT,
    )
    return found.x * spread_of_scores / (channels * spread_of_even)
