from hashlib import sha256
from pathlib import Path

import numpy as np
import pytest
from PIL import Image

from asymmetry.core.errors import UserError
from asymmetry.data.load import load_photo
from asymmetry.data.photos import Photo
from tests.data.test_images import RGB, encoded


def photo_of(path: Path, content: bytes) -> Photo:
    path.write_bytes(content)
    digest = sha256(content).hexdigest()
    return Photo("a", path, digest, 20, 12, "a", "train", "unknown")


def test_load_photo_takes_the_mean_of_boxes(tmp_path):
    photo = photo_of(tmp_path / "a.png", encoded(Image.fromarray(RGB), "PNG"))
    assert np.array_equal(load_photo(photo), RGB)
    means = RGB.reshape(6, 2, 10, 2, 3).mean((1, 3))
    assert np.abs(load_photo(photo, 2) - means).max() <= 0.5
    with pytest.raises(UserError, match=r"a.png: 10x6 pixels, but both sides must be 7"):
        load_photo(photo, 2, smallest=7)


def test_load_photo_refuses_other_bytes_than_the_manifests(tmp_path):
    photo = photo_of(tmp_path / "a.png", encoded(Image.fromarray(RGB), "PNG"))
    photo.path.write_bytes(encoded(Image.fromarray(255 - RGB), "PNG"))
    with pytest.raises(UserError, match=r"a.png: has changed since the manifest was made; [^\n]*$"):
        load_photo(photo)
