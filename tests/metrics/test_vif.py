import pytest
import torch

from asymmetry.metrics.vif import vif
from tests.metrics.by_pyiqa import pyiqa_class
from tests.metrics.pairs import grey_pairs


@pytest.mark.parametrize(("height", "width"), [(96, 96), (65, 97), (131, 70)])
def test_it_equals_pyiqa(height: int, width: int):
    restored, reference = grey_pairs(height, width)
    network = pyiqa_class("vif_arch", "VIF", channels=1, level=4, ori=6)
    expected = network(*(plane.float().expand(-1, 3, -1, -1) for plane in (restored, reference)))
    # pyiqa inverts the covariances of the reference in single precision; ours are in double.
    assert vif(restored, reference).tolist() == pytest.approx(expected.tolist(), rel=3e-4)


def test_a_batch_is_its_images_and_one_reference_serves_all():
    restored, reference = grey_pairs(96, 80)
    alone = [vif(restored[i : i + 1], reference[:1]).item() for i in range(2)]
    assert vif(restored, reference).tolist() == pytest.approx(alone, rel=1e-6)
    features = vif.features(reference[:1])
    assert vif.distance(restored, features).tolist() == pytest.approx(alone, rel=1e-6)


def test_an_image_holds_all_information_of_itself():
    _, reference = grey_pairs(96, 96)
    assert vif(reference, reference).tolist() == pytest.approx([1, 1], abs=2e-5)


def test_gradients_are_finite_even_where_nothing_is_to_be_seen():
    photo, flat = grey_pairs(64, 64)[1][:1].float(), torch.full((1, 1, 64, 64), 0.5)
    restored = torch.cat([photo * 0.8, flat, photo, flat]).requires_grad_()
    vif(restored, torch.cat([photo, photo, flat, flat])).sum().backward()
    assert restored.grad is not None
    assert restored.grad.isfinite().all()
    assert restored.grad[0].abs().max() > 0
