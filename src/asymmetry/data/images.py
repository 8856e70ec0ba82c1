"""Images from files, as 8-bit RGB arrays. Everything that may be wrong with a file is caught."""

import warnings
from collections.abc import Iterator
from contextlib import contextmanager
from io import BytesIO
from pathlib import Path
from typing import TYPE_CHECKING, TypeAlias

import numpy as np
import numpy.typing as npt
from PIL import Image, ImageFile, UnidentifiedImageError

from asymmetry.core.errors import UserError
from asymmetry.data.damage import find_damage
from asymmetry.data.modes import round_to_uint8, to_rgb

if TYPE_CHECKING:
    from torch import Tensor


Rgb: TypeAlias = npt.NDArray[np.uint8]
"""An image [H,W,3], 0 to 255."""

_MEND = "replace or remove it"


def read_rgb(path: Path, smallest: int = 1) -> Rgb:
    """The image in a file as uint8 [H,W,3], upright (EXIF orientation applied).

    Grey is repeated in three channels. 16 bits are scaled to 8: v / 257, rounded; of 16-bit colour
    Pillow keeps the upper byte, which differs by at most one. Pillow converts CMYK and palettes to
    RGB. Transparent pixels are laid on white. Colour profiles are ignored. Of a JPEG with previews
    the first picture is taken.

    Raises UserError where the file is missing, empty, not an image, damaged (even where a decoder
    would not report it, see `damage`) or an animation; where its pixels are not unsigned integers
    of 8 or 16 bits; and where a side is below `smallest` pixels.
    """
    return decode_rgb(read_bytes(path), path, smallest)


def read_bytes(path: Path) -> bytes:
    """The content of a file; UserError where it cannot be read or is empty."""
    try:
        content = path.read_bytes()
    except FileNotFoundError:
        raise UserError(f"{path}: there is no such file; check the path") from None
    except OSError as error:
        raise UserError(f"{path}: cannot be read ({error.strerror}); {_MEND}") from None
    if not content:
        raise UserError(f"{path}: is empty (0 bytes); {_MEND}")
    return content


def decode_rgb(content: bytes, path: Path, smallest: int = 1) -> Rgb:
    """As `read_rgb`, of bytes that came from `path`."""
    try:
        with _strictly(), Image.open(BytesIO(content)) as image:
            frames = 1 if image.format == "MPO" else getattr(image, "n_frames", 1)
            if frames > 1:
                raise UserError(f"{path}: has {frames} frames or pages, not one; {_MEND}")
            damage = find_damage(content, image.format)
            rgb = to_rgb(image, path)
    except UserError:
        raise
    except UnidentifiedImageError:
        raise UserError(f"{path}: is not an image that Pillow can read; {_MEND}") from None
    except Image.DecompressionBombError as error:
        raise UserError(f"{path}: is too large ({error}); {_MEND}") from None
    except Exception as error:
        # A decoder may raise any exception on damaged content.
        damage = " ".join(str(error).split()) or type(error).__name__
    if damage:
        raise UserError(f"{path}: is damaged or truncated ({damage}); {_MEND}")
    check_size(rgb, path, smallest)
    return rgb


def check_size(rgb: Rgb, path: Path, smallest: int) -> None:
    """UserError, naming `path`, where a side of the image is below `smallest` pixels."""
    height, width = rgb.shape[:2]
    if min(height, width) < smallest:
        raise UserError(
            f"{path}: {width}x{height} pixels, but both sides must be {smallest} or more; "
            "remove it, or choose a smaller crop or reduction"
        )


def crop_to_multiple(rgb: Rgb, scale: int) -> Rgb:
    """The top left of an image [H,W,3], with sides that are multiples of the scale."""
    height, width = (side - side % scale for side in rgb.shape[:2])
    return rgb[:height, :width]


def central_square(rgb: Rgb, side: int) -> Rgb:
    """The central square of an image [H,W,3], `side` pixels, less where the image is smaller."""
    height, width = (min(side, whole) for whole in rgb.shape[:2])
    top, left = (rgb.shape[0] - height) // 2, (rgb.shape[1] - width) // 2
    return rgb[top : top + height, left : left + width].copy()


def difference_hash(rgb: Rgb) -> int:
    """64 bits: whether each of 8 x 8 mean luminances of the image is below its right neighbour.

    Scaling, compression and a change of brightness leave most bits; a flip or a crop does not.
    """
    means = np.asarray(Image.fromarray(rgb).convert("L").resize((9, 8), Image.Resampling.BOX))
    return int.from_bytes(np.packbits(means[:, :-1] < means[:, 1:]).tobytes(), "big")


def to_tensor(rgb: Rgb) -> "Tensor":
    """An image [H,W,3], 0 to 255, as a float32 tensor [1,3,H,W], 0 to 1."""
    import torch

    return torch.from_numpy(rgb.copy()).permute(2, 0, 1).unsqueeze(0).contiguous().float() / 255


def to_uint8(image: "Tensor") -> Rgb:
    """A tensor [1,3,H,W] or [3,H,W], 0 to 1, as uint8 [H,W,3]: clamped and rounded, halves up."""
    planes = image.detach().cpu().double().reshape(image.shape[-3:])
    return round_to_uint8(planes.permute(1, 2, 0).numpy() * 255)


@contextmanager
def _strictly() -> Iterator[None]:
    """Refuse truncated files, even if a library of this process has switched that off.

    Pillow's warnings about the same files are silenced, because the error says it in one line.
    """
    before, ImageFile.LOAD_TRUNCATED_IMAGES = ImageFile.LOAD_TRUNCATED_IMAGES, False
    try:
        with warnings.catch_warnings(action="ignore"):
            yield
    finally:
        ImageFile.LOAD_TRUNCATED_IMAGES = before
