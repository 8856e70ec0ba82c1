"""From every mode in which Pillow opens an image to 8-bit RGB; other modes are refused."""

from pathlib import Path

import numpy as np
import numpy.typing as npt
from PIL import Image, ImageOps, TiffImagePlugin

from asymmetry.core.errors import UserError

_EIGHT_BITS = {"1", "L", "P", "PA", "LA", "La", "RGB", "RGBA", "RGBa", "RGBX", "CMYK", "YCbCr"}
_SIXTEEN_BITS = {"I;16", "I;16B", "I;16L", "I;16N"}
# Of these formats Pillow gives 16-bit grey as 32-bit integers, scaled to 0..65535.
_SIXTEEN_BITS_AS_INTEGERS = {"PNG", "PPM"}
_WHITE_IS_ZERO = 0
_SIGNED = 2


def to_rgb(image: Image.Image, path: Path) -> npt.NDArray[np.uint8]:
    """The image that Pillow opened as uint8 [H,W,3], upright (EXIF orientation applied).

    Grey is repeated, 16 bits become v / 257, rounded, and transparent pixels are laid on white.
    Raises UserError where the pixels are not unsigned with 8 or 16 bits, or not of a colour space
    of screens.
    """
    integers = image.mode == "I" and image.format in _SIXTEEN_BITS_AS_INTEGERS
    if integers or image.mode in _SIXTEEN_BITS:
        _check_tiff(image, path)
        return _from_sixteen_bits(ImageOps.exif_transpose(image), path)
    if image.mode not in _EIGHT_BITS:
        raise UserError(
            f"{path}: has pixels of {_described(image.mode)}; "
            "save it as RGB or grey with 8 or 16 bits, or remove it"
        )
    image = ImageOps.exif_transpose(image)
    if image.has_transparency_data:
        # Pillow has no way from La to RGBA but through LA.
        image = image.convert("LA") if image.mode == "La" else image
        image = image.convert("RGBA")
        image = Image.alpha_composite(Image.new("RGBA", image.size, "white"), image)
    return np.array(image.convert("RGB"))


def round_to_uint8(values: npt.NDArray[np.floating]) -> npt.NDArray[np.uint8]:
    """Values, 0 to 255, clamped and rounded to integers; halves go up, as in MATLAB."""
    return np.floor(np.clip(values, 0, 255) + 0.5).astype(np.uint8)


def _from_sixteen_bits(image: Image.Image, path: Path) -> npt.NDArray[np.uint8]:
    """Grey, 0 to 65535, as RGB [H,W,3], 0 to 255; the transparent grey of a PNG is white."""
    grey = np.asarray(image).astype(np.float64)
    if grey.min() < 0 or grey.max() > 65535:
        raise UserError(f"{path}: has pixels beyond 16 bits; save it with 8 or 16, or remove it")
    key = image.info.get("transparency")
    if isinstance(key, int):
        grey = np.where(grey == key, 65535.0, grey)
    return np.repeat(round_to_uint8(grey / 257)[..., None], 3, axis=2)


def _check_tiff(image: Image.Image, path: Path) -> None:
    """Refuse TIFF files whose 16-bit grey Pillow does not give as 0 (black) to 65535 (white)."""
    tags = getattr(image, "tag_v2", None)
    if tags is None:
        return
    bits = tags.get(TiffImagePlugin.BITSPERSAMPLE, (16,))[0]
    sign = tags.get(TiffImagePlugin.SAMPLEFORMAT, (1,))[0]
    wrong = None
    if bits != 16:
        wrong = f"{bits}-bit grey"
    elif sign == _SIGNED:
        wrong = "signed 16-bit grey"
    elif tags.get(TiffImagePlugin.PHOTOMETRIC_INTERPRETATION) == _WHITE_IS_ZERO:
        wrong = "16-bit grey in which 0 is white"
    if wrong:
        raise UserError(f"{path}: has {wrong}; save it as grey of 8 or 16 bits, or remove it")


def _described(mode: str) -> str:
    known = {"F": "floating-point numbers", "I": "32 bits, or 16 with a sign", "LAB": "CIELAB"}
    return known.get(mode, f"mode {mode}")
