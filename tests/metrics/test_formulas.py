"""Our own formulas of metrics that pyiqa has too: its values, and those of one image in a batch."""

import importlib
from typing import Any, NamedTuple

import pytest
import skimage.data
import torch
import torch.nn.functional as F
from torch import Tensor, nn

from asymmetry.core import torchvision_ops  # noqa: F401
from asymmetry.imaging.colour import to_8_bits
from asymmetry.metrics.cw_ssim import cw_ssim
from asymmetry.metrics.fsim import fsim
from asymmetry.metrics.separable import Separable
from asymmetry.metrics.vif import vif
from asymmetry.metrics.vsi import vsi


class Case(NamedTuple):
    """A formula, the module, class and options of pyiqa, and how far the two may be apart."""

    formula: Separable
    theirs: tuple[str, str, dict[str, Any]]
    channels: int
    relative: float
    at_equality: float = 1e-6


CASES = {
    # Both in single precision.
    "fsim": Case(fsim, ("fsim_arch", "FSIM", {"chromatic": True}), 3, 2e-6),
    "vsi": Case(vsi, ("vsi_arch", "VSI", {}), 3, 2e-6),
    # pyiqa inverts the covariances of the reference in single precision; ours are in double.
    "vif": Case(vif, ("vif_arch", "VIF", {"channels": 1, "level": 4, "ori": 6}), 1, 3e-4, 2e-5),
    "cw_ssim": Case(
        cw_ssim,
        ("ssim_arch", "CW_SSIM", {"channels": 1, "level": 4, "ori": 8, "K": 0.01}),
        1,
        1e-6,
    ),
}
SIZES = [(96, 96), (65, 97), (131, 70)]
# The last is reduced by means of two first.
SIZES_OF_COLOUR = [*SIZES, (33, 58), (16, 21), (385, 401)]


def photo(height: int, width: int, channels: int) -> Tensor:
    """An enlarged photo, so that there is room: [1, channels, height, width] in 0..1."""
    pixels = torch.from_numpy(skimage.data.chelsea()).permute(2, 0, 1).unsqueeze(0).double() / 255
    pixels = F.interpolate(pixels, scale_factor=1.6, mode="bilinear")
    pixels = pixels if channels == 3 else pixels.mean(dim=1, keepdim=True)
    return to_8_bits(pixels[..., 60 : 60 + height, 150 : 150 + width])


def distorted(reference: Tensor) -> Tensor:
    """A noisy and a blurred version of [1, C, H, W]: [2, C, H, W]."""
    noise = torch.randn(reference.shape, generator=torch.Generator().manual_seed(1))
    blurred = F.avg_pool2d(F.pad(reference, (2,) * 4, "reflect"), 5, stride=1)
    return to_8_bits(torch.cat([reference + 0.05 * noise, blurred]))


def pyiqa_class(module: str, name: str, options: dict[str, Any]) -> nn.Module:
    return getattr(importlib.import_module(f"pyiqa.archs.{module}"), name)(**options).eval()


@pytest.mark.parametrize(
    ("name", "size"),
    [
        (name, size)
        for name, case in CASES.items()
        for size in (SIZES_OF_COLOUR if case.channels == 3 else SIZES)
    ],
)
def test_is_what_pyiqa_says(name: str, size: tuple[int, int]):
    case = CASES[name]
    reference = photo(*size, case.channels)
    assert reference.shape[2:] == size
    network = pyiqa_class(*case.theirs)
    for restored in distorted(reference).split(1):
        pair = (image.float().expand(-1, 3, -1, -1) for image in (restored, reference))
        expected = float(network(*pair))
        assert float(case.formula(restored, reference)) == pytest.approx(
            expected, rel=case.relative
        )


@pytest.mark.parametrize("name", CASES)
def test_one_reference_serves_a_batch(name: str):
    formula, reference = CASES[name].formula, photo(96, 81, CASES[name].channels)
    restored = distorted(reference)
    alone = torch.cat([formula(image, reference) for image in restored.split(1)])
    together = formula.distance(restored, formula.features(reference))
    torch.testing.assert_close(together, alone, rtol=1e-6, atol=0)
    pairs = formula(restored, reference.expand_as(restored))
    torch.testing.assert_close(pairs, alone, rtol=1e-6, atol=0)


@pytest.mark.parametrize("name", CASES)
def test_an_image_is_most_like_itself(name: str):
    case = CASES[name]
    image = photo(96, 96, case.channels)
    assert float(case.formula(image, image)) == pytest.approx(1, abs=case.at_equality)


@pytest.mark.parametrize("name", CASES)
def test_gradients_are_finite_even_where_nothing_is_to_be_seen(name: str):
    reference = photo(64, 65, CASES[name].channels).float()
    flat = torch.full_like(reference, 0.5)
    restored = torch.cat([distorted(reference)[:1].float(), flat]).requires_grad_()
    CASES[name].formula(restored, reference).sum().backward()
    assert restored.grad is not None
    assert restored.grad.isfinite().all()
    assert restored.grad[0].abs().max() > 0


def test_vsi_takes_what_is_below_black_as_black():
    reference = photo(32, 32, 3)
    restored = distorted(reference) - 0.2
    torch.testing.assert_close(vsi(restored, reference), vsi(restored.clamp_min(0), reference))


def test_fsim_of_a_loss_is_that_of_a_metric():
    """The median of what needs a gradient is taken otherwise."""
    reference = photo(40, 41, 3).float()
    restored = distorted(reference).float()
    value = fsim(restored.clone().requires_grad_(), reference)
    torch.testing.assert_close(value.detach(), fsim(restored, reference), rtol=1e-6, atol=0)
