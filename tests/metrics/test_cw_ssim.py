import pytest
import torch

from asymmetry.metrics.cw_ssim import cw_ssim
from tests.metrics.by_pyiqa import pyiqa_class
from tests.metrics.pairs import grey_pairs


@pytest.mark.parametrize(("height", "width"), [(96, 96), (65, 97), (131, 70)])
def test_it_equals_pyiqa(height: int, width: int):
    restored, reference = grey_pairs(height, width)
    network = pyiqa_class("ssim_arch", "CW_SSIM", channels=1, level=4, ori=8, K=0.01)
    expected = network(*(plane.expand(-1, 3, -1, -1) for plane in (restored, reference)))
    assert cw_ssim(restored, reference).tolist() == pytest.approx(expected.tolist(), rel=1e-7)


def test_a_batch_is_its_images_and_one_reference_serves_all():
    restored, reference = grey_pairs(96, 80)
    alone = [cw_ssim(restored[i : i + 1], reference[:1]).item() for i in range(2)]
    assert cw_ssim(restored, reference).tolist() == pytest.approx(alone, rel=1e-9)
    features = cw_ssim.features(reference[:1])
    assert cw_ssim.distance(restored, features).tolist() == pytest.approx(alone, rel=1e-9)


def test_an_image_is_wholly_similar_to_itself():
    _, reference = grey_pairs(96, 96)
    assert cw_ssim(reference, reference).tolist() == pytest.approx([1, 1], abs=1e-6)


def test_gradients_are_finite_even_where_nothing_is_to_be_seen():
    restored = torch.cat([grey_pairs(64, 64)[0].float(), torch.full((1, 1, 64, 64), 0.5)])
    reference = restored[-1:].clone()
    restored.requires_grad_()
    cw_ssim(restored, reference).sum().backward()
    assert restored.grad is not None
    assert restored.grad.isfinite().all()
    assert restored.grad[0].abs().max() > 0
