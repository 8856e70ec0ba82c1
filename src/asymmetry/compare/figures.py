"""The figures of a comparison: differences to the best by every metric, and a plane of two."""

from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

import numpy as np
import pandas as pd
from matplotlib.axes import Axes
from matplotlib.figure import Figure

from asymmetry.figures import parts, style
from asymmetry.figures.labels import label_points
from asymmetry.figures.write import save

_ACROSS = 3


@dataclass(frozen=True)
class Drawn:
    """A figure that was drawn: the name of its files, its title and its caption."""

    name: str
    title: str
    caption: str


def draw(ranked: pd.DataFrame, metrics: Sequence[str], folder: Path) -> list[Drawn]:
    """Draw the figures as SVG and PNG from the table of `summary.ranking`."""
    drawn = [
        Drawn(
            "differences",
            "Differences to the best",
            "Each method's mean difference to the best of the metric, over the images that both "
            "have, with its interval of 95 % (paired bootstrap over the images). Better is to the "
            "right. An interval that reaches the line does not tell the method from the best.",
        )
    ]
    with style.rules():
        save(differences(ranked, metrics), folder / "differences")
        if len(metrics) > 1:
            one, other = metrics[:2]
            save(plane(ranked, one, other), folder / "plane")
            drawn.append(
                Drawn(
                    "plane",
                    f"{one} and {other}",
                    f"Each method's means of the first two metrics, {parts.direction(one)} and "
                    f"{parts.direction(other)}. Better is up and right.",
                )
            )
    return drawn


def differences(ranked: pd.DataFrame, metrics: Sequence[str]) -> Figure:
    """A panel for each metric: a row for each method, the best on top."""
    names = list(dict.fromkeys(ranked["method"]))
    colours = dict(zip(names, style.PALETTE * len(names), strict=False))
    across = min(_ACROSS, len(metrics))
    lines = -(-len(metrics) // across)
    figure = style.blank(lines * (1.0 + 0.24 * len(names)))
    grid = figure.subplots(lines, across, squeeze=False)
    for axes in grid.flat[len(metrics) :]:
        axes.set_axis_off()
    for axes, metric in zip(grid.flat, metrics, strict=False):
        _panel(axes, ranked[ranked["metric"] == metric], metric, colours)
    return figure


def plane(ranked: pd.DataFrame, one: str, other: str) -> Figure:
    """The means of two metrics, a point for each method."""
    means = ranked.pivot(index="method", columns="metric", values="mean")
    means = means.loc[list(dict.fromkeys(ranked["method"])), [one, other]].dropna()
    figure = style.blank(4.6)
    axes = figure.subplots()
    axes.scatter(means[one], means[other], s=40, c=style.PALETTE[0], zorder=3)
    axes.set(xlabel=f"{parts.direction(one)}", ylabel=f"{parts.direction(other)}")
    axes.margins(0.15)
    if parts.lower_is_better(one):
        axes.invert_xaxis()
    if parts.lower_is_better(other):
        axes.invert_yaxis()
    label_points(axes, means.to_numpy(), list(means.index), np.empty((0, 2, 2)))
    return figure


def _panel(axes: Axes, rows: pd.DataFrame, metric: str, colours: dict[str, str]) -> None:
    names = rows["method"].tolist()
    axes.axvline(0, color=style.MUTED, linewidth=0.8, zorder=1)
    for place, row in enumerate(parts.records(rows)):
        if not np.isfinite([row["mean"], row["difference"]]).all():
            axes.text(0, place, " no value", va="center", fontsize=8, color=style.MUTED)
            continue
        arms = np.nan_to_num([[row["difference"] - row["low"]], [row["high"] - row["difference"]]])
        axes.errorbar(
            row["difference"], place, xerr=arms, fmt="o", color=colours[row["method"]],
            markersize=5, elinewidth=1.3, zorder=3,
        )  # fmt: skip
    axes.set(ylim=(len(names) - 0.4, -0.6), title=parts.with_arrow(metric))
    axes.set_yticks(range(len(names)), names)
    axes.set_xlabel("difference to the best")
    axes.margins(x=0.08)
    if parts.lower_is_better(metric):
        axes.invert_xaxis()
