import numpy as np
import pytest
import torch

from asymmetry.backbones.registry import build_backbone
from asymmetry.fidelity.dists import Dists, similarity
from asymmetry.iqa.transfer.model import QualityModel, QualityStatistics


def trunk():
    return build_backbone("resnet-small", weights=None).eval()


def images(key=0):
    return torch.rand(2, 3, 40, 48, generator=torch.Generator().manual_seed(key))


def test_statistics_of_an_image_are_means_and_log_deviations():
    statistics = QualityStatistics(trunk())
    with torch.no_grad():
        found = statistics(images()).numpy()
        stages = [maps.double().numpy() for maps in trunk()(images())]
    expected = [
        values
        for maps in stages
        for values in (maps.mean((2, 3)), np.log(np.var(maps, (2, 3)) + 1e-6) / 2)
    ]
    assert found.shape == (2, statistics.size)
    np.testing.assert_allclose(found, np.concatenate(expected, axis=1), rtol=1e-3, atol=1e-4)


def test_statistics_of_a_pair_are_the_terms_of_dists():
    own, reference = images(), images(1)
    with torch.no_grad():
        found = QualityStatistics(trunk())(torch.cat([own, reference], dim=1))
        even = torch.ones(own.shape[1] + sum(trunk().channels))
        dists = Dists(trunk(), even, even)(own, reference)
    # Weighted the same, as here, those of the image itself among them.
    terms = torch.cat([similarity(own, reference).flatten(1), found], dim=1)
    torch.testing.assert_close(1 - terms.mean(dim=1), dists)


def test_an_image_is_like_itself():
    with torch.no_grad():
        found = QualityStatistics(trunk())(torch.cat([images(), images()], dim=1))
    torch.testing.assert_close(found, torch.ones_like(found), atol=1e-4, rtol=0)


@pytest.mark.parametrize("views", [1, 2])
def test_the_first_prediction_is_zero_whatever_the_trunk(views):
    model = QualityModel(trunk())
    batch = torch.cat([images(), images(1)][:views], dim=1)
    model.standardise(batch)
    assert torch.equal(model(batch), torch.zeros(2))
    assert all(parameter.requires_grad for parameter in model.parameters())


def test_standardised_statistics_have_a_squared_length_of_about_one():
    model = QualityModel(build_backbone("vgg-small", weights=None, seed=3))
    batch = torch.rand(32, 3, 32, 32, generator=torch.Generator().manual_seed(0))
    batch = batch ** torch.linspace(0.2, 3, 32).view(-1, 1, 1, 1)
    model.standardise(batch)
    with torch.no_grad():
        scaled = (model.statistics(batch) - model.mean) / model.scale
    alive = model.statistics(batch).std(0) > 0
    share = float(alive.float().mean())
    assert 0.5 < share < 1  # some channels never fire
    assert float(scaled.square().sum(1).mean()) == pytest.approx(share * 31 / 32, rel=0.01)
    assert float(scaled[:, ~alive].abs().max()) < 1e-6
