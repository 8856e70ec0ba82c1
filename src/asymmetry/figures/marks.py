"""What the marks of a figure stand for, as ids in its SVG: the page lets a reader ask by them.

`row-3-…` shows the row 3 of the figure's numbers, `rows-3,5-…` is a group of points, one for each
of its rows, and `key-l1-…` is the entry of a legend for all rows that have the name `l1`.
"""

from collections.abc import Iterable, Sequence
from typing import Any

from matplotlib.artist import Artist
from matplotlib.container import Container
from matplotlib.figure import Figure

ROW, ROWS, KEY = "row-", "rows-", "key-"


def mark(drawn: Artist | Container, row: object) -> None:
    """Say that all of what was drawn shows this row of the numbers."""
    artists = drawn.get_children() if isinstance(drawn, Container) else [drawn]
    for artist in artists:
        artist.set_gid(f"{ROW}{row}")


def mark_points(drawn: Artist, rows: Iterable[object]) -> None:
    """Say which rows the points of a line or a collection show; all of them must be finite."""
    drawn.set_gid(f"{ROWS}{','.join(map(str, rows))}")


def legend(figure: Figure, handles: Sequence[Artist], **options: Any) -> None:
    """Draw a legend whose entries stand for the names on their labels.

    An entry for another name has this as its `gid`.
    """
    drawn = figure.legend(handles=handles, **options)
    for handle, symbol, text in zip(handles, drawn.legend_handles, drawn.texts, strict=True):
        name = handle.get_gid() or handle.get_label()
        for artist in (symbol, text):
            if artist is not None:
                artist.set_gid(f"{KEY}{name}")


def number_ids(figure: Figure) -> None:
    """Make the ids of a figure unique; the same figure always gets the same."""
    named = {id(one): one for one in figure.findobj(lambda artist: bool(artist.get_gid()))}
    for place, artist in enumerate(named.values()):
        artist.set_gid(f"{artist.get_gid()}-{place}")
