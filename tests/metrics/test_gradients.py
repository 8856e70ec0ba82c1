import numpy as np
import pytest
import torch
from scipy.signal import convolve2d

from asymmetry.metrics.gradients import (
    PREWITT,
    SCHARR,
    as_seen,
    decimated,
    gradient_magnitude,
    similarity,
)


@pytest.mark.parametrize("factor", [1, 2, 3, 4])
def test_means_lie_where_matlab_has_them(factor: int):
    """`conv2(x, ones(f) / f^2, 'same')`, whose middle is the later one, then every f-th value."""
    image = torch.rand(
        1, 1, 21, 34, dtype=torch.float64, generator=torch.Generator().manual_seed(0)
    )
    full = convolve2d(image[0, 0].numpy(), np.ones((factor, factor)) / factor**2)
    start = factor // 2
    expected = full[start : start + 21, start : start + 34][::factor, ::factor]
    assert decimated(image, factor)[0, 0].numpy() == pytest.approx(expected, abs=1e-14)


@pytest.mark.parametrize(
    ("side", "reduced"), [(383, 383), (384, 192), (512, 256), (639, 320), (640, 214)]
)
def test_an_image_is_seen_at_about_256_pixels(side: int, reduced: int):
    """Halves are rounded up, as in MATLAB: 640 pixels are 2.5 times 256, and a third is kept."""
    assert as_seen(torch.zeros(1, 1, side, 700)).shape[2] == reduced


@pytest.mark.parametrize("filters", [PREWITT, SCHARR])
def test_the_magnitude_of_a_ramp_is_twice_its_slope(filters: tuple[float, ...]):
    ramp = torch.arange(8.0, dtype=torch.float64).expand(6, 8) * 3
    ramp = ramp + torch.arange(6.0, dtype=torch.float64).view(6, 1) * 4
    inside = gradient_magnitude(ramp[None, None], filters)[..., 1:-1, 1:-1]
    assert inside.numpy() == pytest.approx(np.full((1, 1, 4, 6), 10.0), rel=1e-12)


def test_similarity_by_hand():
    x, y = torch.tensor([2.0, 3.0]), torch.tensor([2.0, 1.0])
    assert similarity(x, y, 4.0).tolist() == pytest.approx([1, 10 / 14])
    # Half of x y is taken off both sides.
    assert similarity(x, y, 4.0, masking=0.5).tolist() == pytest.approx([1, 8.5 / 12.5])
