import pytest
import torch
import torch.nn.functional as F
from skimage.data import chelsea
from torch import Tensor

from asymmetry.metrics.fsim import fsim
from tests.metrics.by_pyiqa import pyiqa_class


def photo(height: int, width: int) -> Tensor:
    crop = torch.from_numpy(chelsea())[20 : 20 + height, 100 : 100 + width]
    return crop.permute(2, 0, 1).unsqueeze(0).double() / 255


def distorted(image: Tensor) -> Tensor:
    """A noisy and a blurred version: [2, 3, H, W]."""
    noise = torch.randn(image.shape, generator=torch.Generator().manual_seed(1))
    blurred = F.avg_pool2d(image, 3, stride=1, padding=1)
    versions = torch.cat([image + 0.05 * noise, blurred]).clamp(0, 1)
    return (versions * 255).round() / 255


# The last is reduced by means of two.
@pytest.mark.parametrize(("height", "width"), [(96, 96), (33, 58), (16, 21), (63, 40), (300, 351)])
def test_is_what_pyiqa_says(height: int, width: int) -> None:
    reference = photo(height, width)
    if height == 300:
        reference = F.interpolate(reference, size=(385, 401), mode="bilinear")
    network = pyiqa_class("fsim_arch", "FSIM", chromatic=True)
    for restored in distorted(reference).split(1):
        theirs = network(restored.float(), reference.float()).flatten()
        assert float(fsim(restored, reference)) == pytest.approx(float(theirs), rel=2e-6)


def test_a_batch_is_its_images_and_one_reference_serves_all() -> None:
    reference = photo(48, 65)
    restored = distorted(reference)
    together = fsim.distance(restored, fsim.features(reference))
    alone = torch.cat([fsim(image, reference) for image in restored.split(1)])
    pairs = fsim(restored, reference.expand(2, -1, -1, -1))
    torch.testing.assert_close(together, alone, rtol=1e-6, atol=0)
    torch.testing.assert_close(together, pairs, rtol=1e-6, atol=0)


def test_an_image_is_most_like_itself() -> None:
    image = photo(48, 48)
    assert float(fsim(image, image)) == pytest.approx(1, abs=1e-6)


@pytest.mark.parametrize("flat", [False, True])
def test_a_loss_has_a_finite_gradient(flat: bool) -> None:
    reference = photo(40, 41).float()
    restored = torch.full_like(reference, 0.5) if flat else distorted(reference)[:1].float()
    restored.requires_grad_()
    value = fsim(restored, reference)
    value.sum().backward()
    assert restored.grad is not None
    assert restored.grad.isfinite().all()
    # The median of a loss is taken otherwise than that of a measure.
    assert float(fsim(restored.detach(), reference)) == pytest.approx(float(value.detach()))
