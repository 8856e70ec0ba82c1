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
from asymmetry.report.words import records

_SVG, _XLINK = "http://www.w3.org/2000/svg", "http://www.w3.org/1999/xlink"
_LONG = re.compile(r"-?\d+\.\d{3,}")  # coordinates, in points
_REFERENCE = re.compile(r'(\bid="|xlink:href="#|url\(#)')  # not those of links to the page

_USE = f"{{{_SVG}}}use"
_Place = tuple[ElementTree.Element, int]  # a parent, and which of its children

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
    if not _label(root, records(numbers), address):
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
    marks: dict[int, list[_Place]] = {}
    for parent in root.iter():
        for place, child in enumerate(parent):
            name, _, _ = child.attrib.get("id", "").rpartition("-")
            if name.startswith(KEY):
                child.attrib = {"class": "key", "data-key": name.removeprefix(KEY)}
            elif name.startswith(ROW) and name.removeprefix(ROW).isdecimal():
                marks.setdefault(int(name.removeprefix(ROW)), []).append((parent, place))
            elif name.startswith(ROWS):
                for number, point in _points(child, name.removeprefix(ROWS)):
                    marks.setdefault(number, []).append(point)
    for number, places in marks.items():
        # The point of an error bar is easier to hit than its line.
        main = next((one for one in places if _has_use(*one)), places[0])
        for parent, place in places:
            about = _about(rows[number], address) if (parent, place) == main else {}
            parent[place] = _mark(parent[place], number, about)
    return bool(marks)


def _points(group: ElementTree.Element, named: str) -> list[tuple[int, _Place]]:
    """The points of a group with their rows, where all of them were drawn."""
    rows = [int(number) for number in named.split(",") if number]
    points = [
        (parent, place)
        for parent in group.iter()
        for place, child in enumerate(parent)
        if child.tag == _USE
    ]
    return list(zip(rows, points, strict=True)) if len(rows) == len(points) else []


def _has_use(parent: ElementTree.Element, place: int) -> bool:
    return next(parent[place].iter(_USE), None) is not None


def _about(row: Row, address: Address) -> dict[str, str]:
    """The attributes of the mark that speaks for its row; the others only name the row."""
    about = {"tabindex": "-1", "aria-label": words_of_row(row)}
    about["data-names"] = json.dumps(names_of(row), ensure_ascii=False)
    target = address(row)
    return about | ({"href": target} if target else {"role": "img"})


def _mark(drawn: ElementTree.Element, number: int, about: dict[str, str]) -> ElementTree.Element:
    """What was drawn, inside a link where it leads anywhere."""
    drawn.attrib.pop("id", None)
    tag = "a" if "href" in about else "g"
    mark = ElementTree.Element(
        f"{{{_SVG}}}{tag}", {"class": "mark", "data-row": str(number)} | about
    )
    mark.append(drawn)
    return mark


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
