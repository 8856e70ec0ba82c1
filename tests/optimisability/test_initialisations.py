import numpy as np
import pytest

from asymmetry.data.images import Rgb
from asymmetry.data.operations import compress
from asymmetry.optimisability.initialisations import initialisation

GREY = np.full((64, 64, 3), 128, np.uint8)


def made(kind: str, reference: Rgb = GREY, photo: str = "photo") -> Rgb:
    return initialisation(kind, reference, photo)


def test_white_noise_knows_nothing_of_the_reference():
    white = made("white")
    assert white.dtype == np.uint8
    assert np.array_equal(white, made("white", np.zeros_like(GREY)))
    # Uniform on 0 to 255: mean 127.5, variance (256^2 - 1) / 12.
    assert white.mean() == pytest.approx(127.5, abs=2)
    assert white.std() == pytest.approx(np.sqrt((256**2 - 1) / 12), abs=1)


def test_an_initialisation_is_the_middle_of_the_severities():
    """Geometric means: noise of sqrt(4 * 64), JPEG of quality sqrt(70 * 4)."""
    assert (made("noise").astype(float) - 128).std() == pytest.approx(16, abs=0.4)
    noise = np.random.default_rng(0).integers(0, 256, GREY.shape, np.uint8)
    assert np.array_equal(made("jpeg", noise), compress(noise, 17))


def test_photos_have_draws_of_their_own():
    assert not np.array_equal(made("noise", photo="one"), made("noise", photo="other"))
    assert np.array_equal(made("noise", photo="one"), made("noise", photo="one"))
