from typing import get_args

import numpy as np
import pytest

from asymmetry.core.randomness import draws
from asymmetry.data.distortions import DISTORTIONS, distort
from asymmetry.data.images import read_rgb
from asymmetry.data.wheels import WHEEL_PHOTOS
from asymmetry.study import SeveritySet


@pytest.fixture(scope="module", params=["astronaut", "china", "chelsea", "ihc"])
def photo(request):
    (wheel,) = (wheel for wheel in WHEEL_PHOTOS if wheel.name == request.param)
    return read_rgb(wheel.locate())[100:228, 150:278]


def psnr(one, other):
    return 10 * np.log10(255**2 / np.mean((one.astype(float) - other) ** 2))


def test_the_study_names_exactly_these():
    (inner,) = get_args(SeveritySet.model_fields["distortions"].annotation)
    assert set(get_args(inner)) == set(DISTORTIONS)


@pytest.mark.parametrize("kind", DISTORTIONS)
@pytest.mark.parametrize("levels", [2, 5, 10])
def test_psnr_falls_with_every_level(photo, kind, levels):
    images = [distort(kind, level, levels, photo, draws(0, kind)) for level in range(1, levels + 1)]
    assert {(image.shape, image.dtype) for image in images} == {(photo.shape, photo.dtype)}
    values = [psnr(image, photo) for image in images]
    assert np.all(np.diff(values) < 0), values
    assert values[0] < 50
    assert values[-1] > 8


def test_noise_is_as_strong_as_it_says():
    grey = np.full((200, 200, 3), 128, np.uint8)
    noisy = distort("noise", 1, 5, grey, draws(0, "noise")).astype(float)
    assert noisy.std() == pytest.approx(4, rel=0.02)


def test_levels_are_geometric_and_end_where_declared():
    strengths = [DISTORTIONS["blur"].strength(level, 5) for level in range(1, 6)]
    ratios = np.divide(strengths[1:], strengths[:-1])
    assert ratios == pytest.approx([10 ** (1 / 4)] * 4)
    assert (strengths[0], strengths[-1]) == pytest.approx((0.6, 6.0))
