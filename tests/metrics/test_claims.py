"""Each planted truth moves the measures that it is about, step by step, and leaves the others.

What a measure's value then is, its own test says by a closed form. Semantics has one of its own.
"""

from collections.abc import Callable
from functools import cache
from pathlib import Path
from typing import NamedTuple

import pytest
import torch
from torch import Tensor

from asymmetry.fidelity.as_metric import build_metric
from asymmetry.imaging.colour import studio_y
from asymmetry.metrics.build import Metric
from asymmetry.metrics.contracts import METRICS
from asymmetry.metrics.sharpness import detail_energy, detail_gain
from tests.metrics import planted
from tests.metrics.planted import photo

PHOTOS = ["astronaut", "coffee", "chelsea"]
IDEAL = {"sharpness": 0.0, "coherence": 1.0, "lattice": 0.0, "artifacts_ldl": 0.0}
# How far from the ideal a measure may go where a truth is not about it.
STAYS = {"sharpness": 0.3, "coherence": 0.06, "lattice": 1.0, "artifacts_ldl": 1e-7}


class Truth(NamedTuple):
    """What is planted, its strengths, and the measures that it moves."""

    plant: Callable[[Tensor, float], Tensor]
    strengths: tuple[float, ...]
    moves: set[str]


TRUTHS = {
    "lattice": Truth(planted.latticed, (2, 4, 8), {"lattice", "artifacts_ldl"}),
    "ringing": Truth(planted.ringing, (0.25, 0.5, 1, 2), {"artifacts_ldl"}),
    "blobs": Truth(planted.spotted, (5, 10, 20, 40), {"artifacts_ldl"}),
    "noise": Truth(planted.noisy, (4, 8, 12), {"sharpness", "coherence", "artifacts_ldl"}),
    "low-pass": Truth(
        planted.blurred, (0.4, 0.7, 1, 1.5), {"sharpness", "coherence", "artifacts_ldl"}
    ),
    "unsharp mask": Truth(planted.sharpened, (0.25, 0.5, 1), {"sharpness", "artifacts_ldl"}),
    "misregistered texture": Truth(
        planted.misregistered, (0.25, 0.5, 1, 2), {"coherence", "artifacts_ldl"}
    ),
    "hue": Truth(planted.recoloured, (0.02, 0.05, 0.1), set()),
}


@cache
def metric(name: str) -> Metric:
    return build_metric(name, Path("no-weights-here"), torch.device("cpu"))


def away(name: str, restored: Tensor, reference: Tensor) -> float:
    """How much worse than the ideal."""
    value = metric(name)(restored, reference, 4)
    return IDEAL[name] - value if METRICS[name].higher_is_better else value - IDEAL[name]


@pytest.mark.parametrize("name", PHOTOS)
@pytest.mark.parametrize("measure", IDEAL)
@pytest.mark.parametrize("truth", TRUTHS)
def test_the_right_measures_move_and_the_others_stay(truth: str, measure: str, name: str):
    plant, strengths, moves = TRUTHS[truth]
    reference = photo(name)
    values = [away(measure, plant(reference, strength), reference) for strength in strengths]
    if measure in moves:
        assert values == sorted(set(values))
        assert values[0] > 0
        assert values[-1] > STAYS[measure]
    else:
        assert max(values) <= STAYS[measure]


@pytest.mark.parametrize("name", PHOTOS)
@pytest.mark.parametrize("measure", IDEAL)
def test_the_reference_is_ideal(measure: str, name: str):
    assert away(measure, photo(name), photo(name)) == pytest.approx(0, abs=1e-12)


@pytest.mark.parametrize("name", PHOTOS)
def test_another_image_and_another_order_explain_nothing(name: str):
    reference, other = photo(name), photo("rocket")
    for restored in (other, planted.shuffled(reference, 64)):
        assert away("coherence", restored, reference) > 0.98
        assert away("artifacts_ldl", restored, reference) > 5e-4
        assert away("lattice", restored, reference) <= STAYS["lattice"]


@pytest.mark.parametrize("name", PHOTOS)
def test_the_gain_tells_blur_from_noise_and_masks(name: str):
    def gain(restored: Tensor) -> float:
        energies = (detail_energy(studio_y(image), 4) for image in (restored, photo(name)))
        return float(detail_gain(*energies))

    assert gain(planted.blurred(photo(name), 0.7)) < -1
    assert gain(planted.sharpened(photo(name), 0.5)) > 1
    assert gain(planted.noisy(photo(name), 12)) > 1
