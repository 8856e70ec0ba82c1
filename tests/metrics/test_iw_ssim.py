import pytest
import torch

from asymmetry.metrics.iw_ssim import _pyramid, iw_ssim
from tests.metrics.pairs import grey_pair


def test_is_what_piq_says():
    """piq 0.8.0, in double precision, of sides that are even at all levels but the last.

    It mirrors about a row too many where a side is odd.
    """
    assert float(iw_ssim(*grey_pair(176, 192))) == pytest.approx(0.9954893240963094, abs=1e-12)


def test_the_pyramid_is_matlabpyrtools():
    """By pyrtools 1.0.7, its authors' translation: mean magnitudes, of an image of odd sides."""
    levels = _pyramid(grey_pair(49, 53)[1])
    found = [float(level.abs().mean()) for level in levels[:3]]
    expected = [0.03100762332866518, 0.046374767300696486, 0.0936762329779342]
    assert found == pytest.approx(expected, abs=1e-14)


def test_one_reference_serves_a_batch():
    restored, reference = grey_pair(176, 177)
    batch = torch.cat([restored, reference, reference / 2])
    together = iw_ssim.distance(batch, iw_ssim.features(reference))
    alone = torch.cat([iw_ssim(image, reference) for image in batch.split(1)])
    assert together.tolist() == pytest.approx(alone.tolist(), abs=1e-12)
    assert float(together[1]) == pytest.approx(1, abs=1e-12)


def test_restored_and_reference_are_not_alike():
    """The information is of a model of the reference."""
    _, reference = grey_pair(176, 177)
    restored = reference.clone()
    restored[..., 90:] = 0.5
    there, back = float(iw_ssim(restored, reference)), float(iw_ssim(reference, restored))
    assert abs(there - back) > 5e-3


def test_a_flat_reference_has_no_information_and_is_perfect_beside_itself():
    """The authors' code inverts its covariance, which is singular."""
    flat = torch.full((1, 1, 176, 176), 0.4, dtype=torch.float64)
    assert float(iw_ssim(flat, flat)) == 1
    assert float(iw_ssim(grey_pair(176, 176)[1], flat)) < 0.5
