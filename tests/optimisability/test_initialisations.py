import numpy as np
import pytest

from asymmetry.data.degrade import compress
from asymmetry.optimisability.initialisations import initial_image

GREY = np.full((64, 64, 3), 128, np.uint8)


def test_white_noise_knows_nothing_of_the_reference():
    white = initial_image("white", GREY, "photo")
    assert white.dtype == np.uint8
    assert np.array_equal(white, initial_image("white", np.zeros_like(GREY), "photo"))
    # Uniform on 0 to 255: mean 127.5, variance (256^2 - 1) / 12.
    assert white.mean() == pytest.approx(127.5, abs=2)
    assert white.std() == pytest.approx(np.sqrt((256**2 - 1) / 12), abs=1)


def test_an_initial_image_is_the_middle_of_the_severities():
    """Geometric means: noise of sqrt(4 * 64), JPEG of quality sqrt(70 * 4)."""
    noisy = initial_image("noise", GREY, "photo").astype(float)
    assert (noisy - 128).std() == pytest.approx(16, abs=0.4)
    noise = np.random.default_rng(0).integers(0, 256, GREY.shape, np.uint8)
    assert np.array_equal(initial_image("jpeg", noise, "photo"), compress(noise, 17))


def test_photos_have_draws_of_their_own():
    one, again, other = (initial_image("noise", GREY, name) for name in ("one", "one", "other"))
    assert np.array_equal(one, again)
    assert not np.array_equal(one, other)
