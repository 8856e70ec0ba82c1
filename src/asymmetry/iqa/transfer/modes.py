"""The modes of transfer: the raw score, a probe of the frozen trunk, or training of all of it."""

from collections.abc import Callable
from copy import deepcopy

from asymmetry.data.iqa_sets.splits import Split
from asymmetry.discriminators.build import Discriminator
from asymmetry.iqa.transfer.examples import Examples, over_crops
from asymmetry.iqa.transfer.finetune import fine_tune
from asymmetry.iqa.transfer.model import QualityModel, QualityStatistics
from asymmetry.iqa.transfer.probe import ridge_probe
from asymmetry.iqa.transfer.raw import RawScore
from asymmetry.stats.arrays import Array
from asymmetry.study import Transfer

RAW = "raw"
TESTED = ("validation", "test")

# From a split and its index to the predictions of its validation and its test part.
Predictor = Callable[[Split, int], dict[str, Array]]


def raw(discriminator: Discriminator, examples: Examples, settings: Transfer) -> Predictor:
    """The discriminator's own score: trunk and head as they are."""
    scores = over_crops(RawScore(discriminator), examples.images, settings.crop)
    return lambda split, index: _of_parts(scores, split)


def probe(discriminator: Discriminator, examples: Examples, settings: Transfer) -> Predictor:
    """A linear regression on the statistics of the frozen trunk."""
    statistics = QualityStatistics(discriminator.trunk)
    features = over_crops(statistics, examples.images, settings.crop)
    return lambda split, index: _of_parts(ridge_probe(features, examples.scores, split), split)


def tuned(discriminator: Discriminator, examples: Examples, settings: Transfer) -> Predictor:
    """The whole trunk, trained anew for each split; the test part is predicted once, at the end."""

    def predict(split: Split, index: int) -> dict[str, Array]:
        model = QualityModel(deepcopy(discriminator.trunk))
        train, validation = examples.part(split.train), examples.part(split.validation)
        fine_tune(model, train, validation, settings, index)
        return {
            part: over_crops(model, examples.part(getattr(split, part)).images, settings.crop)
            for part in TESTED
        }

    return predict


MODES = {RAW: raw, "probe": probe, "fine-tune": tuned}


def _of_parts(predicted: Array, split: Split) -> dict[str, Array]:
    return {part: predicted[list(getattr(split, part))] for part in TESTED}
