import numpy as np
import pytest
from matplotlib.axes import Axes
from matplotlib.backends.backend_agg import FigureCanvasAgg
from matplotlib.figure import Figure
from matplotlib.text import Annotation, Text

from asymmetry.figures.labels import label_points


@pytest.fixture
def axes() -> Axes:
    figure = Figure(figsize=(5, 4), layout="constrained")
    FigureCanvasAgg(figure)
    drawn = figure.add_subplot()
    drawn.set(xlim=(0, 1), ylim=(0, 1))
    return drawn


def boxes(axes: Axes) -> list:
    axes.get_figure(root=True).draw_without_rendering()
    labels = [child for child in axes.get_children() if isinstance(child, Annotation)]
    return [Text.get_window_extent(label) for label in labels]


def test_labels_of_near_points_hide_neither_each_other_nor_leave_the_axes(axes: Axes):
    points = np.array([[0.9, 0.5], [0.92, 0.52], [0.94, 0.49], [0.95, 0.53], [0.05, 0.02]])
    names = ["dists-efficientnet-lite0", "gmsd", "ms_ssim", "fsim", "l1"]
    label_points(axes, points, names, np.repeat(points[:, None], 2, axis=1))
    found, frame = boxes(axes), axes.get_window_extent()
    assert len(found) == len(names)
    for place, box in enumerate(found):
        assert box.count_overlaps(found[:place]) == 0
        assert frame.x0 < box.x0 < box.x1 < frame.x1
        assert frame.y0 < box.y0 < box.y1 < frame.y1


def test_a_label_keeps_off_bars(axes: Axes):
    bars = np.array([[[0.3, 0.5], [0.7, 0.5]], [[0.5, 0.45], [0.5, 0.55]]])
    label_points(axes, np.array([[0.5, 0.5]]), ["ssim"], bars)
    (box,) = boxes(axes)
    for start, end in axes.transData.transform(bars.reshape(-1, 2)).reshape(2, 2, 2):
        assert not box.overlaps(type(box)([np.minimum(start, end), np.maximum(start, end)]))


def test_only_a_far_label_has_a_line(axes: Axes):
    alone = np.array([[0.5, 0.5]])
    label_points(axes, alone, ["l1"], np.repeat(alone[:, None], 2, axis=1))
    (label,) = [child for child in axes.get_children() if isinstance(child, Annotation)]
    assert label.arrow_patch is None
    crowd = np.array([[x, y] for x in (0.46, 0.5, 0.54) for y in (0.47, 0.5, 0.53)])
    label_points(axes, crowd, ["a long name"] * 9, np.repeat(crowd[:, None], 2, axis=1))
    labels = [child for child in axes.get_children() if isinstance(child, Annotation)]
    assert any(label.arrow_patch is not None for label in labels)
