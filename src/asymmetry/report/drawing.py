"""A figure's SVG inside a page: its marks have words and links, its legend has names.

The figures are drawn once, by matplotlib, for papers and for the page. `figures.marks` leaves in
the SVG which row of the numbers a mark shows; here this becomes a link with a label, so that even
without scripts a mark can be pointed at and clicked.
"""

import json
import re
from collections.abc import Callable, Mapping, Sequence
from pathlib import Path
from typing import Any
from xml.etree import ElementTree

import pandas as pd
from markupsafe import Markup

from asymmetry.figures.marks import KEY, ROW, ROWS
from asymmetry.report.marks import names_of, words_of_row

_SVG, _XLINK = "http://www.w3.org/2000/svg", "http://www.w3.org/1999/xlink"
_LONG = re.compile(r"-?\d+\.\d{3,}")  # coordinates, in points
_REFERENCE = re.compile(r'(\bid="|xlink:href="#|url\(#)')  # not those of links to the page

Row = Mapping[str, Any]
Address = Callable[[Row], str | None]


def drawing(stem: Path, title: str, address: Address) -> Markup | None:
    """The figure of STEM.svg and STEM.csv, to be put into a page; None where it has no marks.

    `address` says what a mark of a row opens.
    """
    try:
        root = ElementTree.fromstring(stem.with_suffix(".svg").read_text(encoding="utf-8"))
        # A loss may be called NA or None.
        numbers = pd.read_csv(stem.with_suffix(".csv"), keep_default_na=False, na_values=[""])
    except (OSError, ElementTree.ParseError, pd.errors.EmptyDataError):
        return None
    if not _label(root, numbers.to_dict("records"), address):
        return None
    root.attrib = {"viewBox": root.get("viewBox", ""), "class": "asked"}
    root.attrib |= {"role": "group", "aria-label": title}
    _shorten(root)
    ElementTree.register_namespace("", _SVG)
    ElementTree.register_namespace("xlink", _XLINK)
    text = ElementTree.tostring(root, encoding="unicode")
    # An id is unique in a page, not only in a figure.
    return Markup(_REFERENCE.sub(lambda found: f"{found[0]}{stem.name}-", text))


def _label(root: ElementTree.Element, rows: Sequence[Row], address: Address) -> bool:
    """Give marks their words and links, and entries of legends their names; whether any was."""
    found = False
    for parent in list(root.iter()):
        for place, child in enumerate(list(parent)):
            name, _, _ = child.attrib.get("id", "").rpartition("-")
            if name.startswith(KEY):
                child.attrib = {"class": "key", "data-key": name.removeprefix(KEY)}
            elif name.startswith(ROW) and name.removeprefix(ROW).isdecimal():
                row = rows[int(name.removeprefix(ROW))]
                parent[place] = _linked(child, row, name.removeprefix(ROW), address)
                found = True
            elif name.startswith(ROWS):
                _label_points(child, name.removeprefix(ROWS), rows, address)
                found = True
    return found


def _label_points(
    group: ElementTree.Element, named: str, rows: Sequence[Row], address: Address
) -> None:
    """The same of each point of a group, where all of them were drawn."""
    numbers = named.split(",") if named else []
    parents = [one for one in group.iter() if any(child.tag == f"{{{_SVG}}}use" for child in one)]
    points = [
        (one, at)
        for one in parents
        for at, child in enumerate(one)
        if child.tag == f"{{{_SVG}}}use"
    ]
    if len(points) == len(numbers):
        for (parent, at), number in zip(points, numbers, strict=True):
            parent[at] = _linked(parent[at], rows[int(number)], number, address)


def _linked(
    mark: ElementTree.Element, row: Row, number: str, address: Address
) -> ElementTree.Element:
    """A mark inside a link to what it opens; without one, a mark that only has words."""
    mark.attrib.pop("id", None)
    target = address(row)
    about = {"class": "mark", "data-row": number, "tabindex": "-1", "aria-label": words_of_row(row)}
    about["data-names"] = json.dumps(names_of(row), ensure_ascii=False)
    about |= {"href": target} if target else {"role": "img"}
    link = ElementTree.Element(f"{{{_SVG}}}{'a' if target else 'g'}", about)
    link.append(mark)
    return link


def _shorten(root: ElementTree.Element) -> None:
    """Leave out metadata, styles, and digits below a hundredth of a point."""
    for parent in list(root.iter()):
        for child in list(parent):
            if child.tag.rpartition("}")[2] in ("metadata", "style"):
                parent.remove(child)
        for name in ("d", "x", "y"):
            if name in parent.attrib:
                parent.attrib[name] = _LONG.sub(_short, parent.attrib[name])


def _short(found: re.Match[str]) -> str:
    return f"{float(found[0]):.2f}".rstrip("0").rstrip(".")
