import numpy as np

from asymmetry.iqa.transfer.examples import over_crops
from asymmetry.iqa.transfer.finetune import fine_tune
from asymmetry.iqa.transfer.initialisations import find_initialisation
from asymmetry.iqa.transfer.model import QualityModel
from asymmetry.iqa.transfer.split_set import SplitSet
from asymmetry.planning.plan import Plan
from tests.iqa.conftest import declare


def test_the_best_validated_step_is_kept(photos, monkeypatch):
    study = declare(photos)
    images = SplitSet(study, Plan(study), "severity")
    examples, split = images.examples("nr"), images.splits[0]
    train, validation = examples.part(split.train), examples.part(split.validation)
    seen = []

    def note(predicted, _scores):
        seen.append(predicted)
        return [0.1, 0.5, 0.2, 0.5][len(seen) - 1]

    monkeypatch.setattr("asymmetry.iqa.transfer.finetune.srcc", note)
    initialisation = find_initialisation(study, Plan(study), "random/vgg-patch/seed0")
    model = QualityModel(initialisation.discriminator(study).trunk)
    settings = study.transfer.model_copy(update={"steps": 7})
    assert fine_tune(model, train, validation, settings, 0) == 4
    assert len(seen) == 4  # steps 2, 4, 6 and the last, 7
    found = over_crops(model, validation.images, settings.crop)
    np.testing.assert_allclose(found, seen[1], atol=1e-6)
