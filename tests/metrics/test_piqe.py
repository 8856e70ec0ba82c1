"""PIQE beside pyiqa, where the two agree; `test_reference_values.py` has MATLAB's values."""

import numpy as np
import pytest
import torch
from pyiqa.archs.piqe_arch import piqe as pyiqas

from asymmetry.metrics.piqe import _artefact, _noise, piqe
from tests.metrics.pairs import grey_pair


@pytest.mark.parametrize("which", [0, 1])
def test_is_what_pyiqa_says(which: int):
    """Of whole blocks and with a white pixel: pyiqa, in single precision, stretches to it."""
    plane = grey_pair(96, 80)[which].clone()
    plane[..., 0, 0] = 1
    expected = float(pyiqas(plane)[0])
    assert float(piqe(plane, plane)) == pytest.approx(expected, rel=1e-6)


def test_borders_are_repeated_to_whole_blocks():
    plane = grey_pair(83, 90)[0]
    padded = torch.from_numpy(np.pad(plane[0, 0].numpy(), ((0, 13), (0, 6)), "edge"))[None, None]
    assert float(piqe(plane, plane)) == float(piqe(padded, padded))


def test_nothing_to_be_seen_is_the_worst():
    flat = torch.full((2, 1, 32, 48), 0.3)
    assert piqe(flat, flat).tolist() == [100, 100]


def test_an_edge_with_six_flat_pixels_is_an_artefact():
    random = torch.Generator().manual_seed(0)
    blocks = torch.randn(1, 3, 16, 16, dtype=torch.float64, generator=random)
    blocks[0, 1, 15, 10:16] = 0.5
    blocks[0, 2, 15, 10:15] = 0.5
    assert _artefact(blocks).tolist() == [[False, True, False]]


def test_noise_is_what_is_alike_in_the_middle_and_around():
    """A deviation of 1 is above twice its distance from a ratio of 1, not from 0 (flat middle)."""
    random = torch.Generator().manual_seed(0)
    blocks = torch.randn(1, 2, 16, 16, dtype=torch.float64, generator=random)
    blocks[0, 1, :, 7:9] = 0
    deviation = blocks.std(dim=(2, 3))
    assert _noise(blocks, deviation).tolist() == [[True, False]]
