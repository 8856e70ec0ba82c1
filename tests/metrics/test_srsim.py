from pathlib import Path

import numpy as np
import pytest
import torch
from PIL import Image
from torch import Tensor

from asymmetry.metrics.srsim import saliency, srsim
from tests.metrics.pairs import grey_pair


def test_published_value(shared: Path):
    """MATLAB's, by piq's tests (test_srsim.py); the window of the authors' code, of 10 pixels."""

    def read(name: str) -> Tensor:
        pixels = np.asarray(Image.open(shared / "data/calibration/piq" / name).convert("L"))
        return torch.from_numpy(pixels.copy())[None, None].double() / 255

    pair = (read("goldhill_jpeg.gif"), read("goldhill.gif"))
    assert float(srsim(*pair)) == pytest.approx(0.94652679, abs=1e-8)


def test_is_what_piq_says():
    """piq 0.8.0; it resizes in single precision."""
    assert float(srsim(*grey_pair(96, 80))) == pytest.approx(0.9925288665487021, abs=1e-8)


def test_saliency_is_of_each_image_and_from_0_to_1():
    """piq's is stretched by the least and the most of the batch."""
    planes = torch.cat([*grey_pair(80, 100)]) * torch.tensor([1.0, 0.3]).view(2, 1, 1, 1) * 255
    together = saliency(planes, 10)
    alone = torch.cat([saliency(plane[None], 10) for plane in planes])
    torch.testing.assert_close(together, alone, rtol=0, atol=1e-12)
    # Bicubic enlargement overshoots a little.
    assert together.amin() > -0.1
    assert together.amax() < 1.1


def test_a_spot_is_salient_where_it_is():
    luma = 100 + 10 * torch.rand(1, 1, 128, 128, generator=torch.Generator().manual_seed(0))
    luma[..., 36:44, 84:92] = 200
    place = int(saliency(luma, 10).argmax())
    assert abs(place // 128 - 40) <= 6
    assert abs(place % 128 - 88) <= 6


def test_gradients_pass_after_a_value_in_inference_mode():
    """The matrices that resize are kept; those of inference mode serve no gradient."""
    restored, reference = grey_pair(50, 61)
    with torch.inference_mode():
        srsim(restored, reference)
    restored.requires_grad_()
    srsim(restored, reference).sum().backward()
    assert restored.grad is not None
    assert restored.grad.abs().max() > 0
