"""What holds for every fidelity loss."""

from pathlib import Path

import pytest
import torch

from asymmetry.core.errors import UserError
from asymmetry.fidelity.contract import Fidelity
from asymmetry.fidelity.registry import build_fidelity, fidelity_names

# Those that are a file of their own: a new one is tested without being named here.
FILES = [name for name, (_, variant) in fidelity_names().items() if not variant]
DISTS = ["dists-vgg-small-random", "dists-resnet-small-random", "dists-vit-small-random"]
LPIPS = ["lpips-alex", "lpips-squeeze"]


@pytest.fixture(scope="module", params=[*FILES, *DISTS, "dists-efficientnet-lite0", *LPIPS])
def name(request: pytest.FixtureRequest) -> str:
    return request.param


@pytest.fixture(scope="module")
def fidelity(name: str, request: pytest.FixtureRequest, tmp_path_factory) -> Fidelity:
    folder = tmp_path_factory.mktemp("weights")
    if name in LPIPS:
        folder = request.getfixturevalue("shared") / "weights"
    return build_fidelity(name, folder)


# What needs no download beyond ../shared.
AT_HAND = [
    *("l1", "ssim", "ms_ssim", "gmsd", "fsim", "vsi", "vif", "nlpd", "cw_ssim"),
    *("ms_gmsd", "haarpsi", "mdsi", "dss", "srsim", "focal_frequency"),
    *("lpips-alex", "lpips-squeeze", "style-squeezenet", "contextual-squeezenet"),
    *("dists-vgg16-random", "dists-alexnet", "dists-squeezenet", "dists-efficientnet-lite0"),
]


def pair(size: tuple[int, int] = (48, 40)) -> tuple[torch.Tensor, torch.Tensor]:
    generator = torch.Generator().manual_seed(3)
    reference = torch.rand(2, 3, *size, generator=generator)
    noise = 0.1 * torch.randn(2, 3, *size, generator=generator)
    return (reference + noise).clamp(0, 1), reference


def test_zero_at_equality_and_positive_elsewhere(fidelity: Fidelity):
    restored, reference = pair()
    torch.testing.assert_close(fidelity(reference, reference), torch.zeros(2), rtol=0, atol=1e-6)
    assert (fidelity(restored, reference) > 1e-4).all()


def test_symmetric(fidelity: Fidelity):
    restored, reference = pair()
    torch.testing.assert_close(fidelity(restored, reference), fidelity(reference, restored))


def test_a_batch_of_two_is_two_singles(fidelity: Fidelity):
    restored, reference = pair()
    singles = [fidelity(restored[i : i + 1], reference[i : i + 1]) for i in range(2)]
    torch.testing.assert_close(fidelity(restored, reference), torch.cat(singles))


def test_gradient_is_finite_and_reaches_every_image(fidelity: Fidelity):
    restored, reference = pair()
    restored.requires_grad_()
    fidelity(restored, reference).sum().backward()
    assert restored.grad.isfinite().all()
    assert (restored.grad.abs().amax(dim=(1, 2, 3)) > 0).all()


@pytest.mark.parametrize("level", [0.0, 0.5, 1.0])
def test_gradient_is_finite_on_equal_and_on_constant_images(fidelity: Fidelity, level: float):
    _, reference = pair()
    constant = torch.full_like(reference, level)
    for start, goal in [(reference, reference), (constant, constant), (constant, reference)]:
        start = start.clone().requires_grad_()
        value = fidelity(start, goal)
        value.sum().backward()
        assert value.isfinite().all()
        assert start.grad.isfinite().all()


def test_a_small_step_down_the_gradient_helps(fidelity: Fidelity):
    restored, reference = pair()
    restored.requires_grad_()
    before = fidelity(restored, reference).sum()
    (gradient,) = torch.autograd.grad(before, restored)
    after = fidelity(restored.detach() - 0.05 * gradient / gradient.norm(), reference).sum()
    assert after < before


@pytest.mark.parametrize("loss", AT_HAND)
def test_descent_works_from_what_a_generator_gives(loss: str, shared: Path):
    """A generator's output is blurred, and is not clamped: some of it is below 0 and above 1."""
    fidelity = build_fidelity(loss, shared / "weights")
    generator = torch.Generator().manual_seed(5)
    coarse = torch.rand(1, 3, 16, 16, generator=generator)
    reference = torch.nn.functional.interpolate(coarse, size=64, mode="bicubic").clamp(0, 1)
    blurred = torch.nn.functional.avg_pool2d(reference, 5, stride=1, padding=2)
    restored = 1.2 * blurred - 0.1 + 0.02 * torch.randn(reference.shape, generator=generator)
    assert restored.min() < -0.05
    assert restored.max() > 1.05
    values = []
    for _ in range(6):
        restored = restored.detach().requires_grad_()
        value = fidelity(restored, reference)
        (gradient,) = torch.autograd.grad(value.sum(), restored)
        assert value.isfinite().all()
        assert gradient.isfinite().all()
        restored = restored - 0.1 * gradient / gradient.norm()
        values.append(value.item())
    assert values[-1] < values[0]


def test_weights_are_frozen(fidelity: Fidelity):
    if isinstance(fidelity, torch.nn.Module):
        assert not fidelity.training
        assert not any(parameter.requires_grad for parameter in fidelity.parameters())


def test_wrong_shapes_are_refused(fidelity: Fidelity):
    restored, reference = pair()
    for wrong in (restored[:1], restored[0], restored[:, :1], restored[..., :-1]):
        with pytest.raises(ValueError, match=r"two batches \[B, 3, H, W\]"):
            fidelity(wrong, reference)


@pytest.mark.parametrize("loss", ["ms_ssim", "dists-vgg-small-random"])
def test_too_small_a_crop_is_one_line(loss: str, tmp_path: Path):
    small = torch.rand(1, 3, 8, 8)
    with pytest.raises(UserError, match="crop: 8 pixels are too small"):
        build_fidelity(loss, tmp_path)(small, small)


@pytest.mark.parametrize("loss", ["lpips-vgg", "dists-vgg16"])
def test_missing_weights_are_one_line(loss: str, tmp_path: Path):
    with pytest.raises(UserError, match="missing; run `asymmetry weights get vgg16`"):
        build_fidelity(loss, tmp_path)
