"""Damage of image files that decoders do not report.

Pillow's JPEG decoder fills holes with guessed pixels, and its PNG decoder reads no checksum. WebP,
AVIF, JPEG 2000, TIFF, BMP and similar formats have none: of these only truncation is noticed.
"""

import re
from io import BytesIO

import simplejpeg
from PIL import Image

CHANGES_NUMBERS = False

# So many zero bytes are in no picture's code, unless its shortest code ends a flat block. A lost
# block of a disk or of a download is as long, or longer.
_HOLE = 64


def find_damage(content: bytes, kind: str | None) -> str | None:
    """What is wrong with the bytes of an image of the format `kind`; None where nothing is found.

    May raise what Pillow raises on damaged content.
    """
    if kind in ("JPEG", "MPO"):
        return _jpeg_damage(content)
    if kind == "PNG":
        with Image.open(BytesIO(content)) as image:
            image.verify()  # the checksum of each chunk
    return None


def _jpeg_damage(content: bytes) -> str | None:
    """The warning of libjpeg, which Pillow does not pass on, or that there is a hole."""
    *_, colours, _ = simplejpeg.decode_jpeg_header(content)
    try:
        # Decoding the luminance alone is faster, and still reads the code of the colours.
        space = "CMYK" if colours in ("CMYK", "YCCK") else "GRAY"
        simplejpeg.decode_jpeg(content, colorspace=space, strict=True)
    except ValueError as error:
        return str(error)
    if content.find(bytes(_HOLE), _first_scan(content)) >= 0 and not _flat_code_is_zero(content):
        return "a run of zero bytes in its data"
    return None


def _first_scan(content: bytes) -> int:
    """The offset of the first scan; profiles and previews before it may hold zeros."""
    offset = 2
    while content[offset : offset + 1] == b"\xff" and content[offset + 1 : offset + 2] != b"\xda":
        offset += 2 + int.from_bytes(content[offset + 2 : offset + 4], "big")
    return offset


def _flat_code_is_zero(content: bytes) -> bool:
    """Whether a code of zero bits alone ends a block, so that flat areas are runs of zeros.

    ITU-T T.81, B.2.4.2: a table of AC codes is a byte 0x1n, the numbers of codes of 1 to 16 bits
    and their symbols, the shortest first. The first symbol has the code of zeros; the low half of
    those that end a block, or skip sixteen zeros, is 0.
    """
    for found in re.finditer(rb"\xff\xc4(..)", content, re.DOTALL):
        table = content[found.end() : found.start() + 2 + int.from_bytes(found.group(1), "big")]
        while len(table) > 17:
            count = sum(table[1:17])
            if table[0] & 0xF0 and table[17] & 0x0F == 0:
                return True
            table = table[17 + count :]
    return False
