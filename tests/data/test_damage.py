"""Damage that decodes: what Pillow reads without a word is refused."""

from io import BytesIO
from pathlib import Path

import numpy as np
import pytest
from PIL import Image

from asymmetry.core.errors import UserError
from asymmetry.data.images import decode_rgb

NOISE = Image.fromarray(np.random.default_rng(0).integers(0, 256, (128, 128, 3), dtype=np.uint8))
FLAT = Image.new("RGB", (640, 640), (10, 200, 30))
ENCODINGS = {
    "baseline": {"quality": 90},
    "optimised": {"quality": 90, "optimize": True},
    "progressive": {"quality": 90, "progressive": True},
    "restarts": {"quality": 90, "restart_marker_rows": 1},
    "full colour": {"quality": 90, "subsampling": 0},
}


def encoded(image: Image.Image, kind: str, **options) -> bytes:
    file = BytesIO()
    image.save(file, kind, **options)
    return file.getvalue()


def holed(content: bytes, at: int, size: int = 300) -> bytes:
    return content[:at] + bytes(size) + content[at + size :]


def refusal(content: bytes) -> None:
    said = r"is damaged or truncated \(.+\)|is not an image that Pillow can read"
    with pytest.raises(UserError, match=f"^a: ({said}); replace or remove it$"):
        decode_rgb(content, Path("a"))


@pytest.mark.parametrize("options", ENCODINGS.values(), ids=ENCODINGS)
def test_a_hole_in_a_jpeg(options):
    content = encoded(NOISE, "JPEG", **options)
    decode_rgb(content, Path("a"))
    for place in (0.2, 0.5, 0.8):
        damaged = holed(content, int(place * len(content)))
        with Image.open(BytesIO(damaged)) as image:
            image.load()  # Pillow says nothing
        refusal(damaged)


@pytest.mark.parametrize("options", ENCODINGS.values(), ids=ENCODINGS)
def test_a_jpeg_that_was_cut_and_closed(options):
    content = encoded(NOISE, "JPEG", **options)
    refusal(content[: len(content) // 2] + b"\xff\xd9")


@pytest.mark.parametrize("mode", ["L", "CMYK"])
def test_a_hole_in_a_jpeg_without_colours_or_for_print(mode):
    content = encoded(NOISE.convert(mode), "JPEG", quality=90)
    decode_rgb(content, Path("a"))
    refusal(holed(content, len(content) // 2))


@pytest.mark.parametrize("options", ENCODINGS.values(), ids=ENCODINGS)
def test_flat_areas_are_no_holes(options):
    """Where the shortest code ends a block, they are long runs of zeros."""
    assert (decode_rgb(encoded(FLAT, "JPEG", **options), Path("a")) == (10, 200, 30)).mean() > 0.3


def test_a_flat_optimised_jpeg_has_a_long_run_of_zeros():
    """So that the test above tests something."""
    assert any(bytes(64) in encoded(FLAT, "JPEG", **options) for options in ENCODINGS.values())


def test_a_changed_byte_of_a_png():
    content = encoded(NOISE, "PNG")
    at = len(content) // 2
    refusal(content[:at] + bytes([content[at] ^ 64]) + content[at + 1 :])


@pytest.mark.parametrize("kind", ["PNG", "JPEG", "BMP", "TIFF", "WEBP", "AVIF", "JPEG2000", "PPM"])
@pytest.mark.parametrize("share", [0.3, 0.7, 0.97])
def test_a_truncated_file(kind, share):
    content = encoded(NOISE, kind)
    refusal(content[: int(share * len(content))])
