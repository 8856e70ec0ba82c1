import numpy as np
import pytest

from asymmetry.data.operations import compress
from asymmetry.optimisability.initialisations import start

GREY = np.full((64, 64, 3), 128, np.uint8)


def test_white_noise_knows_nothing_of_the_reference():
    white = start("white", GREY, "photo")
    assert white.dtype == np.uint8
    assert np.array_equal(white, start("white", np.zeros_like(GREY), "photo"))
    # Uniform on 0 to 255: mean 127.5, variance (256^2 - 1) / 12.
    assert white.mean() == pytest.approx(127.5, abs=2)
    assert white.std() == pytest.approx(np.sqrt((256**2 - 1) / 12), abs=1)


def test_a_start_is_the_middle_of_the_severities():
    """Geometric means: noise of sqrt(4 * 64), JPEG of quality sqrt(70 * 4)."""
    assert (start("noise", GREY, "photo").astype(float) - 128).std() == pytest.approx(16, abs=0.4)
    picks = np.random.default_rng(0).integers(0, 256, GREY.shape, np.uint8)
    assert np.array_equal(start("jpeg", picks, "photo"), compress(picks, 17))


def test_photos_have_draws_of_their_own():
    assert not np.array_equal(start("noise", GREY, "one"), start("noise", GREY, "other"))
    assert np.array_equal(start("noise", GREY, "one"), start("noise", GREY, "one"))
