from functools import cache
from pathlib import Path

import pytest
import skimage.data
import torch
from torch import Tensor

from asymmetry.core.errors import UserError
from asymmetry.fidelity.as_metric import build_metric
from asymmetry.fidelity.contract import Fidelity
from asymmetry.fidelity.toolbox import build
from asymmetry.metrics.build import build_formula
from asymmetry.metrics.contracts import METRICS
from asymmetry.metrics.planes import in_colour

NOWHERE = Path("no-weights-here")
LOSSES = [name for name, contract in METRICS.items() if contract.differentiable]


@cache
def loss(name: str) -> Fidelity:
    return build(name, NOWHERE)


def crops(name: str) -> Tensor:
    """Two crops of a photo: 64 pixels a side, or as many as the metric needs."""
    side = max(64, METRICS[name].minimum_side)
    pixels = torch.from_numpy(skimage.data.chelsea()).permute(2, 0, 1).float() / 255
    corners = [(60, 150), (100, 200)]
    return torch.stack([pixels[:, y : y + side, x : x + side] for y, x in corners])


def noisy(reference: Tensor) -> Tensor:
    noise = torch.randn(reference.shape, generator=torch.Generator().manual_seed(0))
    return (reference + 0.1 * noise).clamp(0, 1)


def gradient(name: str, restored: Tensor, reference: Tensor) -> tuple[Tensor, Tensor]:
    restored = restored.clone().requires_grad_()
    value = loss(name)(restored, reference)
    return value.detach(), torch.autograd.grad(value.sum(), restored)[0]


@pytest.mark.parametrize("name", LOSSES)
def test_descending_the_loss_improves_the_metric(name):
    reference = crops(name)[:1]
    start = restored = noisy(reference)
    for _ in range(10):
        _, direction = gradient(name, restored, reference)
        restored = (restored - 0.5 * direction / direction.norm()).clamp(0, 1)
    metric = build_metric(name, NOWHERE, torch.device("cpu"))
    gain = metric(restored, reference, 0) - metric(start, reference, 0)
    assert (gain > 0) == METRICS[name].higher_is_better
    assert gain != 0


@pytest.mark.parametrize("name", LOSSES)
def test_one_value_an_image_and_images_do_not_mix(name):
    reference = crops(name)
    restored = noisy(reference)
    value, slope = gradient(name, restored, reference)
    alone, slope_alone = gradient(name, restored[1:], reference[1:])
    assert value.shape == (2,)
    torch.testing.assert_close(value[1:], alone, rtol=1e-4, atol=1e-6)
    assert float((slope[1:] - slope_alone).norm()) <= 1e-3 * float(slope_alone.norm())


@pytest.mark.parametrize("name", LOSSES)
@pytest.mark.parametrize("level", ["equal", "black", "grey"])
def test_gradient_is_finite_where_the_metric_has_none(name, level):
    reference = crops(name)[:1]
    reference = {"equal": reference, "black": 0 * reference, "grey": 0 * reference + 0.5}[level]
    value, slope = gradient(name, reference, reference)
    assert value.isfinite().all()
    assert slope.isfinite().all()
    assert float(slope.abs().max()) < 1


@pytest.mark.parametrize("name", LOSSES)
def test_formulas_have_a_finite_gradient_where_images_are_equal(name):
    """Of their own: nothing is set to zero for them."""
    reference = in_colour(METRICS[name], crops(name)[:1])
    restored = reference.clone().requires_grad_()
    value = build_formula(name, NOWHERE)(restored, reference)
    (slope,) = torch.autograd.grad(value.sum(), restored)
    assert slope.isfinite().all()


def test_a_value_that_is_not_finite_stays_visible():
    reference = crops("psnr")
    value, _ = gradient("psnr", reference * float("nan"), reference)
    assert value.isnan().all()


def test_a_crop_that_is_too_small_names_metric_and_side():
    small = torch.rand(1, 3, 64, 64)
    with pytest.raises(UserError, match=r"^ms_ssim: needs images of at least 176 pixels a side"):
        loss("ms_ssim")(small, small)
