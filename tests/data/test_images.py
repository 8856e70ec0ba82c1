from io import BytesIO
from pathlib import Path

import numpy as np
import pytest
import torch
from hypothesis import given
from hypothesis import strategies as st
from PIL import Image, ImageFile

from asymmetry.core.errors import UserError
from asymmetry.data.images import (
    decode_rgb,
    difference_hash,
    read_rgb,
    to_tensor,
    to_uint8,
)

RGB = np.random.default_rng(0).integers(0, 256, (12, 20, 3), dtype=np.uint8)
FORMATS = ["PNG", "JPEG", "BMP", "TIFF", "WEBP"]


def encoded(image: Image.Image, kind: str, **options) -> bytes:
    file = BytesIO()
    image.save(file, kind, **options)
    return file.getvalue()


def saved(folder: Path, image: Image.Image, name: str, **options) -> Path:
    image.save(folder / name, **options)
    return folder / name


def refusal(path: Path, smallest: int = 1) -> str:
    """The message of the error, which is one line and names the file."""
    with pytest.raises(UserError) as caught:
        read_rgb(path, smallest)
    message = str(caught.value)
    assert str(path) in message
    assert "\n" not in message
    return message


@pytest.mark.parametrize("name", ["a.png", "a.bmp", "a.tif", "a.webp"])
def test_lossless_formats_come_back_bit_by_bit(tmp_path, name):
    options = {"lossless": True} if name.endswith("webp") else {}
    path = saved(tmp_path, Image.fromarray(RGB), name, **options)
    assert np.array_equal(read_rgb(path), RGB)


def test_grey_is_repeated_in_three_channels(tmp_path):
    path = saved(tmp_path, Image.fromarray(RGB[..., 0]), "grey.png")
    assert np.array_equal(read_rgb(path), RGB[..., :1].repeat(3, axis=2))


@pytest.mark.parametrize("name", ["deep.png", "deep.tif"])
def test_sixteen_bits_are_scaled_and_rounded(tmp_path, name):
    values = np.array([[0, 128, 129, 257, 32767, 65406, 65407, 65535]], dtype=np.uint16)
    path = saved(tmp_path, Image.fromarray(values), name)
    # 128 / 257 = 0.498, 129 / 257 = 0.502, 65406 / 257 = 254.498, 65407 / 257 = 254.502
    assert read_rgb(path)[0, :, 1].tolist() == [0, 0, 1, 1, 127, 254, 255, 255]


def test_more_than_sixteen_bits_are_refused(tmp_path):
    deep = saved(tmp_path, Image.fromarray(np.full((4, 4), 70000, np.int32)), "deep.tif")
    assert "has pixels of 32 bits" in refusal(deep)
    real = saved(tmp_path, Image.fromarray(np.ones((4, 4), np.float32)), "real.tif")
    assert "has pixels of floating-point numbers" in refusal(real)


def test_cmyk_becomes_rgb(tmp_path):
    ink = Image.new("CMYK", (4, 4), (255, 0, 0, 0))
    assert read_rgb(saved(tmp_path, ink, "ink.tif"))[0, 0].tolist() == [0, 255, 255]
    jpeg = read_rgb(saved(tmp_path, ink, "ink.jpg", quality=95))
    assert np.abs(jpeg[0, 0].astype(int) - [0, 255, 255]).max() <= 3


@pytest.mark.parametrize("mode", ["RGBA", "LA", "PA"])
def test_transparency_is_laid_on_white(tmp_path, mode):
    half = Image.new("RGBA", (4, 4), (100, 100, 100, 51)).convert(mode)
    path = saved(tmp_path, half, f"{mode}.tif" if mode == "PA" else f"{mode}.png")
    # 100 * 0.2 + 255 * 0.8
    assert read_rgb(path)[0, 0].tolist() == [224, 224, 224]


def test_palettes_and_their_transparent_colour(tmp_path):
    image = Image.fromarray(RGB).quantize(16)
    assert np.array_equal(
        read_rgb(saved(tmp_path, image, "palette.png")), np.asarray(image.convert("RGB"))
    )
    image = Image.new("P", (4, 4), 1)
    image.putpalette([9, 9, 9, 200, 0, 0])
    assert read_rgb(saved(tmp_path, image, "opaque.png"))[0, 0].tolist() == [200, 0, 0]
    path = saved(tmp_path, image, "clear.png", transparency=1)
    assert read_rgb(path)[0, 0].tolist() == [255, 255, 255]


def test_exif_orientation_turns_the_image_upright(tmp_path):
    image = Image.fromarray(RGB)
    exif = image.getexif()
    exif[0x0112] = 6  # the stored image is to be turned by 90 degrees clockwise
    path = saved(tmp_path, image, "turned.png", exif=exif)
    assert np.array_equal(read_rgb(path), np.rot90(RGB, -1))


def test_the_first_picture_of_a_jpeg_with_previews_is_taken(tmp_path):
    preview = Image.new("RGB", (5, 5))
    path = saved(
        tmp_path, Image.fromarray(RGB), "many.jpg", format="MPO", save_all=True,
        append_images=[preview],
    )  # fmt: skip
    assert read_rgb(path).shape == RGB.shape


def test_animations_and_pages_are_refused(tmp_path):
    frames = [Image.new("RGB", (8, 8), colour) for colour in ("red", "blue")]
    for name in ("pages.tif", "moving.webp", "moving.png"):
        path = saved(tmp_path, frames[0], name, save_all=True, append_images=frames[1:])
        assert "has 2 frames or pages, not one; replace or remove it" in refusal(path)


def test_missing_empty_and_other_files_are_refused(tmp_path):
    assert "there is no such file" in refusal(tmp_path / "none.png")
    assert "cannot be read" in refusal(tmp_path)
    path = tmp_path / "a.png"
    path.write_bytes(b"")
    assert "is empty" in refusal(path)
    path.write_text("not an image")
    assert "is not an image" in refusal(path)


def test_a_side_below_the_smallest_is_refused(tmp_path):
    path = saved(tmp_path, Image.fromarray(RGB), "small.png")
    assert read_rgb(path, 12).shape == (12, 20, 3)
    assert "20x12 pixels, but both sides must be 13 or more" in refusal(path, 13)


def decoded(content: bytes) -> np.ndarray | None:
    """The image; None where it was refused with one line."""
    try:
        return decode_rgb(content, Path("a"))
    except UserError as refused:
        message = str(refused)
    assert message.startswith("a: ")
    assert "\n" not in message
    return None


@pytest.fixture
def _lenient():
    """Some libraries make Pillow fill up truncated files, for the whole process."""
    ImageFile.LOAD_TRUNCATED_IMAGES = True
    yield
    ImageFile.LOAD_TRUNCATED_IMAGES = False


@pytest.mark.usefixtures("_lenient")
@pytest.mark.parametrize("kind", FORMATS)
def test_a_truncated_file_is_refused_wherever_it_ends(kind):
    """Or no pixel is missing: the last bytes of some formats only close the file."""
    content = encoded(Image.fromarray(RGB), kind)
    whole = decoded(content)
    results = [decoded(content[:length]) for length in range(len(content))]
    assert all(result is None for result in results[:-20])
    assert all(result is None or np.array_equal(result, whole) for result in results)
    assert ImageFile.LOAD_TRUNCATED_IMAGES


@pytest.mark.parametrize("kind", FORMATS)
@given(changes=st.dictionaries(st.floats(0, 1, exclude_max=True), st.integers(0, 255), min_size=1))
def test_wrong_bytes_give_an_image_or_the_users_error(kind, changes):
    content = bytearray(encoded(Image.fromarray(RGB), kind))
    for share, value in changes.items():
        content[int(share * len(content))] = value
    image = decoded(bytes(content))
    assert image is None or image.shape[2] == 3


def test_difference_hash_of_a_ramp_and_its_mirror():
    ramp = np.tile(np.arange(90, dtype=np.uint8), (80, 1))[..., None].repeat(3, axis=2)
    assert difference_hash(ramp) == 2**64 - 1
    assert difference_hash(np.ascontiguousarray(ramp[:, ::-1])) == 0


def test_tensors_and_back():
    tensor = to_tensor(RGB)
    assert tensor.shape == (1, 3, 12, 20)
    assert tensor.dtype == torch.float32
    assert tensor[0, 2, 3, 4] == np.float32(RGB[3, 4, 2]) / 255
    assert np.array_equal(to_uint8(tensor), RGB)
    assert np.array_equal(to_uint8(tensor[0]), RGB)


def test_to_uint8_clamps_and_rounds_halves_up():
    values = torch.tensor([-1.0, 0.4, 0.5, 1.5, 2.5, 254.5, 300.0], dtype=torch.float64) / 255
    pixels = to_uint8(values.expand(1, 3, 1, 7))
    assert pixels[0, :, 0].tolist() == [0, 0, 1, 2, 3, 255, 255]
