import numpy as np
import pytest
from scipy.ndimage import gaussian_filter

from asymmetry.data.kernels import generalised, plateau, sinc


def test_beta_one_is_a_gaussian():
    impulse = np.zeros((21, 21))
    impulse[10, 10] = 1
    expected = gaussian_filter(impulse, 1.5, truncate=10 / 1.5)
    assert np.allclose(generalised(21, (1.5, 1.5)), expected, atol=1e-6)


@pytest.mark.parametrize("kernel", [generalised, plateau])
def test_axes_and_angle(kernel):
    wide = kernel(21, (3.0, 0.8))
    rows, columns = np.mgrid[-10:11, -10:11]
    assert (wide * columns**2).sum() > 2 * (wide * rows**2).sum()
    assert np.allclose(kernel(21, (3.0, 0.8), np.pi / 2), wide.T)
    assert np.allclose(kernel(21, (3.0, 0.8), np.pi), wide)
    # On the diagonal after a turn by 45 degrees, from top left to bottom right.
    turned = kernel(21, (3.0, 0.8), np.pi / 4)
    assert turned[13, 13] > turned[13, 7]


def test_a_plateau_is_half_as_high_at_one_sigma():
    kernel = plateau(21, (4.0, 4.0), beta=2.0)
    assert kernel[10, 14] / kernel[10, 10] == pytest.approx(1 / 2)


def test_sinc_passes_below_its_cutoff_and_stops_above():
    cutoff = np.pi / 3
    response = np.abs(np.fft.rfft2(sinc(63, cutoff), s=(256, 256)))
    frequency = 2 * np.pi * np.arange(129) / 256
    low, high = response[0, frequency < 0.8 * cutoff], response[0, frequency > 1.25 * cutoff]
    assert low.min() > 0.85
    assert high.max() < 0.15


@pytest.mark.parametrize("size", [7, 21])
def test_kernels_sum_to_one_and_are_symmetric(size):
    for kernel in (
        generalised(size, (0.7, 2.0), 0.3, 0.5),
        plateau(size, (0.7, 2.0), 0.3, 2.0),
        sinc(size, 2.0),
    ):
        assert kernel.shape == (size, size)
        assert kernel.sum() == pytest.approx(1)
        assert np.allclose(kernel, kernel[::-1, ::-1])
