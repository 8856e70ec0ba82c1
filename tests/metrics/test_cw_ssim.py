import pytest
import skimage.data
import torch
import torch.nn.functional as F
from torch import Tensor

from asymmetry.metrics.colour import to_8_bits
from asymmetry.metrics.cw_ssim import cw_ssim
from asymmetry.metrics.pyiqa_toolbox import pyiqa_network


def _pairs(height: int, width: int) -> tuple[Tensor, Tensor]:
    """A noisy and a blurred photo, grey [2, 1, height, width], and the photo twice."""
    photo = torch.from_numpy(skimage.data.chelsea()).double().mean(dim=2) / 255
    photo = to_8_bits(photo[None, None, 60 : 60 + height, 80 : 80 + width])
    noise = torch.randn(photo.shape, generator=torch.Generator().manual_seed(1), dtype=photo.dtype)
    blurred = F.avg_pool2d(F.pad(photo, (2,) * 4, "reflect"), 5, stride=1)
    return to_8_bits(torch.cat([photo + 0.05 * noise, blurred])), photo.repeat(2, 1, 1, 1)


@pytest.mark.parametrize(("height", "width"), [(96, 96), (65, 97), (131, 70)])
def test_it_equals_pyiqa(height: int, width: int):
    restored, reference = _pairs(height, width)
    network = pyiqa_network("cw_ssim")
    expected = network(*(plane.expand(-1, 3, -1, -1) for plane in (restored, reference)))
    assert cw_ssim(restored, reference).tolist() == pytest.approx(expected.tolist(), rel=1e-7)


def test_a_batch_is_its_images_and_one_reference_serves_all():
    restored, reference = _pairs(96, 80)
    alone = [cw_ssim(restored[i : i + 1], reference[:1]).item() for i in range(2)]
    assert cw_ssim(restored, reference).tolist() == pytest.approx(alone, rel=1e-9)
    features = cw_ssim.features(reference[:1])
    assert cw_ssim.distance(restored, features).tolist() == pytest.approx(alone, rel=1e-9)


def test_an_image_is_wholly_similar_to_itself():
    _, reference = _pairs(96, 96)
    assert cw_ssim(reference, reference).tolist() == pytest.approx([1, 1], abs=1e-6)


def test_gradients_are_finite_even_where_nothing_is_to_be_seen():
    restored = torch.cat([_pairs(64, 64)[0].float(), torch.full((1, 1, 64, 64), 0.5)])
    reference = restored[-1:].clone()
    restored.requires_grad_()
    cw_ssim(restored, reference).sum().backward()
    assert restored.grad is not None
    assert restored.grad.isfinite().all()
    assert restored.grad[0].abs().max() > 0
