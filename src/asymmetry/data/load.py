"""The pixels of a photo of the manifest, after its bytes are verified."""

import hashlib

import numpy as np
from PIL import Image

from asymmetry.core.errors import UserError
from asymmetry.data.images import Rgb, check_size, decode_rgb, read_bytes
from asymmetry.data.photos import Photo


def load_photo(photo: Photo, reduce: int = 1, smallest: int = 1) -> Rgb:
    """A photo of the manifest, uint8 [H,W,3], reduced by the mean of `reduce` x `reduce` boxes.

    Raises UserError where the bytes are not those of the manifest, whatever the modification time
    says; where the image is unreadable; and where it is smaller than `smallest` after the
    reduction.
    """
    content = read_bytes(photo.path)
    if hashlib.sha256(content).hexdigest() != photo.sha256:
        raise UserError(
            f"{photo.path}: has changed since the manifest was made; "
            "put it back, or remove .asymmetry/fingerprints.json and start again"
        )
    rgb = decode_rgb(content, photo.path)
    if reduce > 1:
        rgb = np.asarray(Image.fromarray(rgb).reduce(reduce))
    check_size(rgb, photo.path, smallest)
    return rgb
