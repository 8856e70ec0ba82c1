"""Labels beside points that hide neither each other nor what is drawn."""

from collections.abc import Iterable
from typing import Literal

import numpy as np
from matplotlib.axes import Axes
from matplotlib.figure import Figure
from matplotlib.text import Annotation, Text
from matplotlib.transforms import Bbox
from numpy.typing import NDArray

from asymmetry.figures.style import MUTED

Points = NDArray[np.float64]
# Offset in points, and the alignment of the text.
_Offset = tuple[float, float, Literal["left", "right"], Literal["top", "bottom"]]

_NEAR = 14  # points; a label further away has a line to its point
_OFFSETS: list[_Offset] = [  # nearest first
    offset
    for far in (6, _NEAR, 24, 36, 50)
    for offset in (
        (far, far, "left", "bottom"),
        (-far, far, "right", "bottom"),
        (far, -far, "left", "top"),
        (-far, -far, "right", "top"),
    )
]


def label_points(axes: Axes, points: Points, labels: Iterable[str], bars: Points) -> None:
    """Label points [n, 2] of an axes whose limits are final.

    Each label has the nearest place inside the axes that hides no other label, point or bar; where
    there is none, the one that hides the fewest labels, then the fewest points and bars. `bars`
    [n, 2, 2] are segments from one end to the other. Points and bars are in data coordinates.
    """
    figure = axes.get_figure(root=True)
    if isinstance(figure, Figure):
        figure.draw_without_rendering()
    marks, taken = _marks(axes, points, bars), list[Bbox]()
    frame = axes.get_window_extent()
    for point, label in zip(points, labels, strict=True):
        costs = dict[_Offset, tuple[int, int, int]]()
        for offset in _OFFSETS:
            text = _write(axes, point, label, offset)
            box = _box(text)
            text.remove()
            costs[offset] = (
                _outside(box, frame),
                box.count_overlaps(taken),
                box.count_overlaps(marks),
            )
            if not any(costs[offset]):
                break
        best = min(costs.items(), key=lambda one: one[1])[0]
        taken.append(_box(_write(axes, point, label, best)))


def _marks(axes: Axes, points: Points, bars: Points) -> list[Bbox]:
    """Where points and bars are drawn, in pixels."""
    ends = axes.transData.transform(bars.reshape(-1, 2)).reshape(-1, 2, 2)
    return [
        *(Bbox.from_bounds(x - 7, y - 7, 14, 14) for x, y in axes.transData.transform(points)),
        *(Bbox([bar.min(0), bar.max(0)]).padded(1.5) for bar in ends if np.isfinite(bar).all()),
    ]


def _box(text: Annotation) -> Bbox:
    """Where the words are, in pixels, without the line to the point."""
    text.get_window_extent()  # moves the words to their point
    return Text.get_window_extent(text)


def _outside(box: Bbox, frame: Bbox) -> int:
    inside = frame.x0 < box.x0 < box.x1 < frame.x1 and frame.y0 < box.y0 < box.y1 < frame.y1
    return int(not inside)


def _write(axes: Axes, point: NDArray[np.float64], label: str, offset: _Offset) -> Annotation:
    x, y, across, up = offset
    line = {"arrowstyle": "-", "color": MUTED, "linewidth": 0.6, "shrinkA": 0, "shrinkB": 5}
    text = axes.annotate(
        label,
        (point[0], point[1]),
        (x, y),
        textcoords="offset points",
        ha=across,
        va=up,
        fontsize=8.5,
        arrowprops=line if abs(x) > _NEAR else None,
    )
    text.set_in_layout(False)  # or the axes would move under the labels
    return text
