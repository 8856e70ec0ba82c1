"""Every mode that Pillow has is right, or refused."""

from pathlib import Path

import numpy as np
import pytest
from PIL import Image, TiffImagePlugin

from asymmetry.core.errors import UserError
from asymmetry.data.images import read_rgb
from asymmetry.data.modes import to_rgb

GREY = np.arange(0, 240, 10, dtype=np.uint8).reshape(4, 6)
# A colour of each mode, and what it is on white as RGB.
COLOURS = {
    "1": (255, (255, 255, 255)),
    "L": (100, (100, 100, 100)),
    "LA": ((100, 51), (224, 224, 224)),
    "La": ((20, 51), (224, 224, 224)),
    "PA": ((7, 255), (0, 0, 0)),
    "RGB": ((1, 2, 3), (1, 2, 3)),
    "RGBX": ((1, 2, 3, 0), (1, 2, 3)),
    "RGBA": ((100, 100, 100, 51), (224, 224, 224)),
    "RGBa": ((20, 20, 20, 51), (224, 224, 224)),
    "CMYK": ((255, 0, 0, 0), (0, 255, 255)),
    "YCbCr": ((100, 128, 128), (100, 100, 100)),
    "I;16": (25700, (100, 100, 100)),
    "I;16L": (25700, (100, 100, 100)),
    "I;16B": (25700, (100, 100, 100)),
}


@pytest.mark.parametrize("mode", COLOURS)
def test_a_mode_that_is_right(mode):
    colour, expected = COLOURS[mode]
    image = Image.new(mode, (3, 2), colour)
    assert to_rgb(image, Path("a")).tolist() == [[list(expected)] * 3] * 2


@pytest.mark.parametrize("mode", ["F", "I", "LAB", "HSV"])
def test_a_mode_that_is_refused(mode):
    with pytest.raises(UserError, match=r"^a: has pixels of .*; save it as RGB or grey"):
        to_rgb(Image.new(mode, (3, 2)), Path("a"))


def test_no_mode_is_forgotten():
    tested = {*COLOURS, "P", "F", "I", "LAB", "HSV", "I;16N"}
    assert set(Image.MODES) <= tested


def refused(path: Path) -> str:
    with pytest.raises(UserError) as caught:
        read_rgb(path)
    return str(caught.value)


def test_a_tiff_of_32_bits_is_not_black(tmp_path):
    """Whether 0 to 255 or 0 to 65535 is white nobody can know."""
    Image.fromarray(GREY.astype(np.int32)).save(tmp_path / "a.tif")
    assert "has pixels of 32 bits" in refused(tmp_path / "a.tif")


@pytest.mark.parametrize("name", ["a.pgm", "a.png", "a.jp2", "a.tif"])
def test_sixteen_bits_in_every_format(tmp_path, name):
    Image.fromarray(GREY.astype(np.uint16) * 257).save(tmp_path / name)
    assert np.array_equal(read_rgb(tmp_path / name)[..., 0], GREY)


def test_a_pgm_of_twelve_bits(tmp_path):
    """Its header says that 4095 is white."""
    samples = np.array([0, 2048, 4095], ">u2").tobytes()
    (tmp_path / "a.pgm").write_bytes(b"P5 3 1 4095\n" + samples)
    assert read_rgb(tmp_path / "a.pgm")[0, :, 0].tolist() == [0, 128, 255]


@pytest.mark.parametrize(
    ("tag", "value", "said"),
    [
        (TiffImagePlugin.PHOTOMETRIC_INTERPRETATION, 0, "16-bit grey in which 0 is white"),
        (TiffImagePlugin.SAMPLEFORMAT, 2, "pixels of 32 bits, or 16 with a sign"),
        (TiffImagePlugin.BITSPERSAMPLE, 12, "12-bit grey"),
    ],
)
def test_grey_of_16_bits_that_pillow_would_read_wrongly(tmp_path, tag, value, said):
    """Written as bytes: Pillow itself writes no such file."""
    Image.fromarray(GREY.astype(np.uint16) * 257).save(tmp_path / "a.tif")
    with Image.open(tmp_path / "a.tif") as image:
        entries = dict(image.tag_v2)
    entries[tag] = value
    (tmp_path / "a.tif").write_bytes(tiff(entries, GREY.astype("<u2").tobytes()))
    assert said in refused(tmp_path / "a.tif")


def tiff(entries: dict[int, object], pixels: bytes) -> bytes:
    """A TIFF of one strip (TIFF 6.0, section 2): header, pixels, directory."""
    keys = {
        TiffImagePlugin.IMAGEWIDTH: GREY.shape[1],
        TiffImagePlugin.IMAGELENGTH: GREY.shape[0],
        TiffImagePlugin.BITSPERSAMPLE: 16,
        TiffImagePlugin.COMPRESSION: 1,
        TiffImagePlugin.PHOTOMETRIC_INTERPRETATION: 1,
        TiffImagePlugin.STRIPOFFSETS: 8,
        TiffImagePlugin.SAMPLESPERPIXEL: 1,
        TiffImagePlugin.ROWSPERSTRIP: GREY.shape[0],
        TiffImagePlugin.STRIPBYTECOUNTS: len(pixels),
    }
    known = {**keys, TiffImagePlugin.SAMPLEFORMAT: 1}
    changed = {tag: entries[tag] for tag in known if isinstance(entries.get(tag), int)}
    fixed = {TiffImagePlugin.STRIPOFFSETS: 8, TiffImagePlugin.STRIPBYTECOUNTS: len(pixels)}
    directory = {**keys, **changed, **fixed}
    body = b"".join(
        tag.to_bytes(2, "little") + (4).to_bytes(2, "little") + (1).to_bytes(4, "little")
        + int(value).to_bytes(4, "little")
        for tag, value in sorted(directory.items())
    )  # fmt: skip
    start = 8 + len(pixels)
    head = b"II*\0" + start.to_bytes(4, "little")
    return head + pixels + len(directory).to_bytes(2, "little") + body + bytes(4)


def test_the_clear_colour_of_a_png_of_16_bits_is_white(tmp_path):
    Image.fromarray(GREY.astype(np.uint16) * 257).save(tmp_path / "a.png", transparency=2570)
    assert read_rgb(tmp_path / "a.png")[0, :3, 0].tolist() == [0, 255, 20]
