"""A linear probe: ridge regression of scores on frozen features."""

import numpy as np
from sklearn.linear_model import Ridge
from sklearn.pipeline import make_pipeline
from sklearn.preprocessing import StandardScaler

from asymmetry.data.iqa_sets.splits import Split
from asymmetry.iqa.transfer.finetune import DivergedError
from asymmetry.stats.arrays import Array
from asymmetry.stats.correlation import srcc

# Two penalties for each power of ten: from almost none to one that suppresses all features.
PENALTIES = np.logspace(-2, 6, 17)


def ridge_probe(features: Array, scores: Array, split: Split) -> Array:
    """The predictions [n] of the ridge regression on features [n, d] that validation chooses.

    It is fitted on the training part only, on features standardised there. The penalty is the one
    with the highest SRCC on the validation part; of equals, the largest. No score of the test part
    is read.
    (As linear probes of frozen networks: Alain and Bengio 2017; Hoerl and Kennard 1970.)

    Raises DivergedError where the features are not finite, or every prediction is constant.
    """
    if not np.isfinite(features).all():
        raise DivergedError("the features are not finite")
    train, validation = list(split.train), list(split.validation)
    best, chosen = -np.inf, None
    for penalty in PENALTIES[::-1]:
        ridge = make_pipeline(StandardScaler(), Ridge(penalty))
        predicted = ridge.fit(features[train], scores[train]).predict(features)
        value = srcc(predicted[validation], scores[validation])
        if value > best:
            best, chosen = value, predicted
    if chosen is None:
        raise DivergedError("the predictions on the validation images are constant")
    return chosen
