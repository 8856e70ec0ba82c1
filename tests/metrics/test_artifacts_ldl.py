"""The map of LDL against its definition in loops, and closed forms of its mean."""

import math

import numpy as np
import pytest
import torch

from asymmetry.imaging.colour import studio_y
from asymmetry.metrics.artifacts_ldl import (
    artifact_map,
    artifacts_added,
    artifacts_ldl,
    artifacts_removed,
)
from tests.metrics import planted
from tests.metrics.planted import generator, photo, white


def planes(count: int, height: int, width: int) -> list[torch.Tensor]:
    shape = (count, 1, 1, height, width)
    return list(torch.rand(shape, dtype=torch.float64, generator=generator(0)))


def test_the_map_is_the_papers():
    """Sample variances, of windows reflected at the border and of the whole residual."""
    restored, reference, stable = planes(3, 13, 17)
    residual, other = (np.abs((x - reference)[0, 0].numpy()) for x in (restored, stable))
    padded = np.pad(residual, 3, mode="reflect")
    expected = np.zeros_like(residual)
    for row, column in np.ndindex(residual.shape):
        if residual[row, column] >= other[row, column]:
            expected[row, column] = padded[row : row + 7, column : column + 7].var(ddof=1)
    expected *= residual.var(ddof=1) ** 0.2
    found = artifact_map(restored, reference, stable)[0, 0].numpy()
    np.testing.assert_allclose(found, expected, rtol=1e-10)
    assert 0.2 < (found == 0).mean() < 0.8


def test_each_pixel_counts_for_one_of_two_outputs():
    """What the map of the one leaves out, its mirror has."""
    one, reference, other = planes(3, 32, 32)
    maps = artifact_map(one, reference, other), artifact_map(other, reference, one)
    assert int(((maps[0] > 0) & (maps[1] > 0)).sum()) == 0
    assert int(((maps[0] == 0) & (maps[1] == 0)).sum()) == 0
    torch.testing.assert_close(
        artifact_map(one, reference, reference), artifact_map(one, reference)
    )


def balance(restored: torch.Tensor, reference: torch.Tensor, stable: torch.Tensor) -> float:
    """What is removed less what is added, over both."""
    planes = [studio_y(image) for image in (restored, reference, stable)]
    added, removed = (float(one(*planes)) for one in (artifacts_added, artifacts_removed))
    return (removed - added) / (removed + added)


@pytest.mark.parametrize("name", ["astronaut", "coffee"])
@pytest.mark.parametrize(
    ("plant", "strengths"),
    [
        (planted.latticed, (1, 2, 4, 8, 16)),
        (planted.ringing, (0.25, 0.5, 1, 2, 4)),
        (planted.spotted, (2.5, 5, 10, 20, 40)),
        (planted.noisy, (2, 4, 6, 9, 12)),
        (planted.blurred, (0.4, 0.7, 1, 1.5, 2)),
    ],
)
def test_beside_a_worse_output_artifacts_are_removed_and_beside_a_better_one_added(
    plant, strengths, name: str
):
    """The second output has the middle strength, of one kind of artifact; another is there too."""
    reference = photo(name)
    base = planted.misregistered(reference, 0.5)
    stable = plant(base, strengths[2])
    values = [balance(plant(base, strength), reference, stable) for strength in strengths]
    assert values[2] == 0
    assert min(values[:2]) > 0.02  # what is left where this one is worse differs little
    assert values[2:] == sorted(set(values[2:]), reverse=True)
    assert values[-1] < -0.2
    # Exchanged, what was added is what is removed.
    mirrored = balance(stable, reference, plant(base, strengths[0]))
    assert mirrored == pytest.approx(-values[0])


@pytest.mark.parametrize("sigma", [0.01, 0.02, 0.04])
def test_noise_has_the_variance_of_its_magnitude(sigma: float):
    """sigma^2 (1 - 2 / pi), to the power of 6/5."""
    value = float(artifacts_ldl(white(sigma**2), torch.full((1, 1, 512, 512), 0.5).double()))
    assert value == pytest.approx((sigma**2 * (1 - 2 / math.pi)) ** 1.2, rel=0.02)


def test_a_shift_of_the_level_is_no_artifact():
    reference = white(0.01, side=64)
    assert float(artifacts_ldl(reference + 0.1, reference)) == pytest.approx(0, abs=1e-15)


def test_of_equal_errors_the_gathered_ones_are_artifacts():
    """The same mean squared error, on each pixel alike in magnitude or on a few."""
    reference = torch.full((1, 1, 64, 64), 0.5).double()
    signs = torch.rand(reference.shape, generator=generator(1)).round() * 2 - 1
    spread = reference + 0.02 * signs
    gathered = reference.clone()
    gathered[..., 24:40, 24:40] += 0.08 * signs[..., 24:40, 24:40]
    errors = [float((x - reference).square().mean()) for x in (spread, gathered)]
    assert errors[0] == pytest.approx(errors[1])
    assert float(artifacts_ldl(spread, reference)) == pytest.approx(0, abs=1e-12)
    # Outside and inside of the square nothing varies: only the 7 x 7 windows over its edge count.
    found = artifact_map(gathered, reference)[0, 0] > 1e-12
    assert bool(found[21, 21])
    assert not found[27:37, 27:37].any()
    assert not found[:21].any()
