"""Whether the judges see one thing: their correlations over the settings, and their camps."""

import numpy as np
import pandas as pd
from matplotlib.axes import Axes
from matplotlib.cm import ScalarMappable
from matplotlib.colors import Normalize
from matplotlib.figure import Figure
from matplotlib.patches import Rectangle

from asymmetry.analysis.camps import MODERATE, camps
from asymmetry.figures import parts, style
from asymmetry.figures.marks import mark
from asymmetry.study import Study
from asymmetry.tables.read import MEASURED, Tables

TITLE = "Judges and their camps"
numbers = camps
_COLUMNS = 2
_NUMBERED = 12  # judges between whose correlations numbers fit


def caption(tables: Tables, study: Study) -> str:
    """What is shown, how reliable each axis is, and how much of the grid."""
    alphas = [
        f"{row['axis']} {style.signed(row['alpha'])} [{style.signed(row['low'])}, "
        f"{style.signed(row['high'])}]"
        for row in parts.records(tables.reliability)
        if np.isfinite(row["alpha"])
    ]
    reliable = f"Cronbach's alpha of the axes: {'; '.join(alphas)}. " if alphas else ""
    return (
        "Pearson's correlation of each pair of judges over the settings, z-scores of which higher "
        "is better; a judge does not judge the cells whose loss it is. Ordered so that like ones "
        f"are neighbours; frames are camps: a mean correlation of {MODERATE} or more (average "
        f"linkage). Hatched: fewer than three settings in common. {reliable}{tables.coverage}."
    )


def draw(numbers: pd.DataFrame, study: Study) -> Figure:
    """A matrix for each task, generator and set."""
    if numbers.empty:
        return style.nothing_yet("no judge has numbers yet")
    scopes = parts.short_scopes(numbers, MEASURED)
    columns = min(_COLUMNS, len(scopes))
    lines = -(-len(scopes) // columns)
    most = numbers.groupby(list(MEASURED))["judge"].nunique().max()
    figure = style.blank(0.4 + max(4.4, 0.52 * min(most, _NUMBERED)) * lines)
    grid = figure.subplots(lines, columns, squeeze=False)
    colours = ScalarMappable(Normalize(-1, 1), style.DIVERGING)
    for axes in grid.flat[len(scopes) :]:
        axes.set_visible(False)
    for axes, (scope, rows) in zip(grid.flat, scopes, strict=False):
        _matrix(axes, rows, colours)
        axes.set_title(scope)
    figure.colorbar(colours, ax=grid, shrink=0.8, pad=0.015).set_label("correlation over settings")
    return figure


def _matrix(axes: Axes, rows: pd.DataFrame, colours: ScalarMappable) -> None:
    judges = rows.drop_duplicates("judge").sort_values("place")
    names = judges["judge"].tolist()
    axes.grid(False)
    axes.set_anchor("W")
    ends = (-0.5, len(names) - 0.5)
    axes.set(xlim=ends, ylim=ends[::-1], aspect="equal")
    labels = [f"{name} ({axis})" for name, axis in zip(names, judges["axis"], strict=True)]
    axes.set_xticks(range(len(names)), names, rotation=45, ha="right", rotation_mode="anchor")
    axes.set_yticks(range(len(names)), labels)
    axes.tick_params(length=0)
    axes.spines[:].set_visible(False)
    for row in parts.records(rows):
        x, y = names.index(row["other"]), names.index(row["judge"])
        box = (x - 0.47, y - 0.47, 0.94, 0.94)
        drawn = style.value_box(axes, box, row["value"], colours, len(names) <= _NUMBERED)
        for one in drawn or [style.missing_box(axes, *box)]:
            mark(one, row["row"])
    for _, camp in judges[judges["camp"] > 0].groupby("camp"):
        first, size = camp["place"].min() - 0.5, len(camp)
        axes.add_patch(
            Rectangle((first, first), size, size, fill=False, edgecolor=style.INK, linewidth=1.6)
        )
