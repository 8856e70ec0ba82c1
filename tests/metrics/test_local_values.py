from pathlib import Path

import pytest
import torch
from torch import Tensor

from asymmetry.metrics.build import Metric, build_formula
from asymmetry.metrics.local_values import artifact_values, over_pixels, tile_values
from asymmetry.metrics.planes import Planes

SCALE, SIDE = 4, 136  # 128 pixels inside of the border


def photo() -> Tensor:
    """[1, 3, H, W]: grey noise, the same in three channels."""
    noise = torch.rand(1, 1, SIDE, SIDE, generator=torch.Generator().manual_seed(3))
    return (0.3 + 0.4 * noise).expand(1, 3, -1, -1)


def planes(image: Tensor) -> Planes:
    return Planes(image, SCALE)


def value(name: str, restored: Tensor, reference: Tensor) -> float:
    return Metric(name, build_formula(name, Path()), torch.device("cpu"))(
        restored, reference, SCALE
    )


def test_the_mean_of_the_artifact_map_is_the_metric():
    reference = photo()
    restored = reference.clone()
    restored[..., 40:60, 30:80] = 0.5
    found = artifact_values(planes(restored), planes(reference))
    inner = found[SCALE:-SCALE, SCALE:-SCALE]
    assert float(inner.mean()) == pytest.approx(value("artifacts_ldl", restored, reference))
    assert found.shape == (SIDE, SIDE)
    assert float(found.sum()) == pytest.approx(float(inner.sum()))
    # Three pixels around the change are in a window with it, and no more.
    assert found[40 - 3 : 60 + 3, 30 - 3 : 80 + 3].sum() == pytest.approx(float(found.sum()))
    assert found[50, 55] > 0


def test_detail_that_is_inverted_in_one_half_is_coherent_in_the_other():
    reference = photo()
    restored = reference.clone()
    restored[..., SIDE // 2 :] = 1 - restored[..., SIDE // 2 :]
    found = tile_values("coherence", planes(restored), planes(reference), side=32)
    assert found.shape == (7, 7)
    torch.testing.assert_close(found[:, :3], torch.ones(7, 3, dtype=found.dtype))
    torch.testing.assert_close(
        found[:, 4:], torch.zeros(7, 3, dtype=found.dtype), atol=1e-3, rtol=0
    )


def test_a_chessboard_is_a_lattice_where_it_is():
    reference = photo()
    restored = reference.clone()
    rows, columns = torch.meshgrid(torch.arange(SIDE), torch.arange(SIDE), indexing="ij")
    board = 0.2 * ((rows + columns) % 2) - 0.1
    restored[..., : SIDE // 2] += board[:, : SIDE // 2]
    found = tile_values("lattice", planes(restored), planes(reference), side=64)
    assert found.shape == (3, 3)
    assert found[:, 0].min() > 10
    torch.testing.assert_close(found[:, 2], torch.zeros(3, dtype=found.dtype))


@pytest.mark.parametrize("name", ["coherence", "lattice"])
def test_a_tile_as_large_as_the_image_has_the_value_of_the_metric(name: str):
    reference, restored = photo(), photo().flip(2)
    found = tile_values(name, planes(restored), planes(reference), side=500)
    assert found.shape == (1, 1)
    assert float(found) == pytest.approx(value(name, restored, reference))


def test_a_pixel_has_the_value_of_the_tile_whose_middle_is_nearest():
    image = planes(torch.zeros(1, 3, 2 * SCALE + 96, 2 * SCALE + 70))
    # Tiles of 32 begin every 16: five down to 96, three to 70, and six pixels that none reaches.
    values = torch.arange(1.0, 16).view(5, 3)
    inner = over_pixels(values, image, side=32)[SCALE:-SCALE, SCALE:-SCALE]
    assert inner.shape == (96, 70)
    for row in range(96):
        for column in (0, 23, 24, 39, 40, 69):
            down = min(range(5), key=lambda tile: abs(16 * tile + 15.5 - row))
            right = min(range(3), key=lambda tile: abs(16 * tile + 15.5 - column))
            assert inner[row, column] == values[down, right]
    assert over_pixels(values, image, side=32)[0].sum() == 0
