from pathlib import Path

import pytest
import torch

from asymmetry.fidelity.as_metric import build_metric
from asymmetry.metrics.planes import Planes
from asymmetry.metrics.scaled import Scaled
from asymmetry.metrics.separable import Whole
from tests.metrics.planted import LEVEL, grating


def times(scale: int) -> Whole:
    return Whole(lambda restored, reference: scale * (restored - reference).mean(dim=(1, 2, 3)))


def test_without_a_factor_it_is_one():
    pair = torch.ones(2, 1, 4, 4), torch.zeros(1, 1, 4, 4)
    assert Scaled(times)(*pair).tolist() == [1, 1]
    assert Scaled(times).at(3)(*pair).tolist() == [3, 3]


@pytest.mark.parametrize("scale", [1, 2, 3, 4, 8])
def test_a_metric_hands_its_measure_the_factor_of_the_task(scale: int):
    """A grating at 3/16 cycles a pixel is fine detail where 1 / (2 scale) is below that."""
    wave = 0.5 + 8 * LEVEL * grating(3 / 16)
    metric = build_metric("sharpness", Path("no-weights-here"), torch.device("cpu"))
    flat, wave = (plane.expand(1, 3, -1, -1) for plane in (torch.full_like(wave, 0.5), wave))
    value = metric(wave, flat, scale)
    assert (value > 10) == (1 / (2 * max(scale, 2)) < 3 / 16)
    features = metric.features(Planes(flat, scale))
    assert float(metric.values(Planes(wave, scale), features)) == value
