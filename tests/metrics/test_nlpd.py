"""NLPD beside MATLAB's `conv2`, by scipy; `test_reference_values.py` has its authors' values."""

import numpy as np
import pytest
import torch
from scipy.signal import convolve2d

from asymmetry.metrics.nlpd import _AMPLITUDES, _expanded, _normalised, _reduced, nlpd, pyramid


def test_flat_images_by_hand():
    """No level but the last, of two columns: each has one neighbour, weighed by its side."""

    def last(level: float) -> list[float]:
        return [level / (0.2782 + weight * level) for weight in (0.2215, 0.0717)]

    dark, bright = (torch.full((1, 1, 64, 64), level, dtype=torch.float64) for level in (0.2, 0.7))
    assert all(level.abs().max() < 1e-13 for level in pyramid(bright)[:-1])
    assert pyramid(bright)[-1][0, 0].tolist() == [pytest.approx(last(0.7))] * 2
    squares = [(x - y) ** 2 for x, y in zip(last(0.2), last(0.7), strict=True)]
    assert float(nlpd(dark, bright)) == pytest.approx((sum(squares) / 2) ** 0.5 / 6)


def test_the_first_level_is_divided_as_conv2_does():
    level = torch.randn(
        1, 1, 9, 12, dtype=torch.float64, generator=torch.Generator().manual_seed(0)
    )
    filters = np.zeros((5, 5))
    filters[1, 2], filters[2, 1], filters[2, 3], filters[3, 2] = 0.1011, 0.1493, 0.1460, 0.1015
    filters[2, 4] = 0.0072
    amplitude = 0.0248 + convolve2d(level[0, 0].abs().numpy(), filters, "same")
    ours = _normalised(level, *_AMPLITUDES[0])[0, 0].numpy()
    assert ours == pytest.approx(level[0, 0].numpy() / amplitude, rel=1e-13)


@pytest.mark.parametrize("size", [(16, 16), (15, 18)])
def test_reduced_and_expanded_as_imfilter_does(size: tuple[int, int]):
    plane = torch.rand(1, 1, *size, dtype=torch.float64, generator=torch.Generator().manual_seed(0))
    window = np.outer(*[[0.05, 0.25, 0.4, 0.25, 0.05]] * 2)
    mirrored = np.pad(plane[0, 0].numpy(), 2, "symmetric")
    smaller = convolve2d(mirrored, window, "valid")[::2, ::2]
    assert _reduced(plane)[0, 0].numpy() == pytest.approx(smaller, abs=1e-14)
    repeated = np.pad(smaller, 1, "edge")
    apart = np.zeros([2 * side for side in repeated.shape])
    apart[::2, ::2] = 4 * repeated
    larger = convolve2d(apart, window, "same")[2 : 2 + size[0], 2 : 2 + size[1]]
    ours = _expanded(torch.from_numpy(smaller)[None, None], *size)[0, 0].numpy()
    assert ours == pytest.approx(larger, abs=1e-14)
