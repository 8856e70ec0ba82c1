"""CSIQ: 30 references, 6 distortions at 4 or 5 levels, 866 images.

Larson and Chandler, Journal of Electronic Imaging 19 (2010). The workbook csiq.DMOS.xlsx (from
s2.smu.edu/~eclarson/csiq) has many sheets; `all_by_image` holds the final DMOS, 0 to 1, lower is
better, below a header in its fourth row. Images are dst_imgs/awgn/1600.AWGN.1.png, in a mirror's
archive dst_imgs/1600.AWGN.1.png; their reference is src_imgs/1600.png. Some names are numbers in
the sheet.
"""

from collections.abc import Iterator
from typing import Any

from asymmetry.core.errors import UserError
from asymmetry.core.names import nearest
from asymmetry.data.iqa_sets.published.contract import Entry, Layout
from asymmetry.data.iqa_sets.published.release import Release
from asymmetry.data.iqa_sets.score_files import read_sheet

_COLUMNS = ("image", "dst_type", "dst_lev", "dmos")
# From `dst_type` to the word in the file's name; in lower case it is the folder's.
_TYPES = {
    "noise": "AWGN",
    "blur": "BLUR",
    "contrast": "contrast",
    "fnoise": "fnoise",
    "jpeg": "JPEG",
    "jpeg 2000": "jpeg2000",
}


def _entries(release: Release) -> Iterator[Entry]:
    for where, row in read_sheet(release.score_file("csiq.DMOS.xlsx"), _COLUMNS, "all_by_image"):
        kind = row["dst_type"]
        if kind not in _TYPES:
            raise UserError(f"{where}: dst_type is '{kind}'; {nearest(str(kind), _TYPES)}")
        name, level = _text(row["image"]), _text(row["dst_lev"])
        file = f"{name}.{_TYPES[kind]}.{level}.png"
        flat = f"dst_imgs/{file}"
        yield Entry(
            where,
            image=flat if release.has(flat) else f"dst_imgs/{_TYPES[kind].lower()}/{file}",
            score=row["dmos"],
            reference=f"src_imgs/{name}.png",
            kind=kind,
        )


def _text(value: Any) -> str:
    """1600, 1600.0 and "1600" are all the image 1600."""
    return f"{value:.0f}" if isinstance(value, int | float) else str(value)


LAYOUT = Layout(higher_is_better=False, score_range=(0, 1), entries=_entries)
