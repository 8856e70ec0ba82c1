"""What Snakemake's own report shows of a study: its answer, and each figure with its caption.

Figures are pages of their own there. An image that is higher than the window would be cut off: the
report centres it, and nothing scrolls to its top.
"""

import base64
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

from asymmetry.core.files import write_atomically
from asymmetry.report.render import render, rst
from asymmetry.report.sources import FOR_SNAKEMAKE, LANDING


def write_for_snakemake(
    figures: Sequence[Mapping[str, Any]], results: Path, **said: object
) -> None:
    """Write a page and a caption for each figure, and the first page of the report.

    `figures` are those of `report.figures`, and `said` is what the first page says: `answer` and
    `coverage`.
    """
    folder = results / FOR_SNAKEMAKE
    for figure in figures:
        image = "" if figure["drawing"] else _data_uri(results / figure["files"]["svg"])
        page = render("figure.html", figure=figure, image=image)
        write_atomically(folder / f"{figure['name']}.html", page.encode())
        write_atomically(folder / f"{figure['name']}.rst", rst(figure["caption"]).encode())
    landing = render("landing.rst", figures=figures, **said)
    write_atomically(folder / LANDING, landing.encode())


def _data_uri(svg: Path) -> str:
    content = svg.read_bytes() if svg.is_file() else b""
    return f"data:image/svg+xml;base64,{base64.b64encode(content).decode()}"
