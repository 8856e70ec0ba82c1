"""What the effect under an adversary depends on: shares of its variance."""

import numpy as np
import pandas as pd
from matplotlib.figure import Figure

from asymmetry.analysis.effect import all_judged, effects_on_axes
from asymmetry.analysis.variance import REST, sources
from asymmetry.figures import parts, style
from asymmetry.figures.marks import mark
from asymmetry.study import Study
from asymmetry.tables.read import SCOPE, Tables

TITLE = "Shares of the variance of the effect"
_COLUMNS = 2


def caption(tables: Tables, study: Study) -> str:
    """What is shown, and how much of the grid."""
    return (
        "Shares of loss, trunk, head, weight, of what two of them share beyond both (×) and of "
        "chance in the variance of the effect of cells with an adversary, each as a random sample "
        "of such (Henderson's method 3); where trunk and head cannot be told apart, the "
        "discriminator. A pair that nothing repeats is part of chance. Lines: 95 %, generalised "
        f"intervals (Weerahandi 1993). {parts.effect_in_words(tables.effect)}. {tables.coverage}."
    )


def numbers(tables: Tables, study: Study) -> pd.DataFrame:
    """A row for each source of each task, generator, set and axis."""
    rows = [
        row
        for judged in all_judged(tables, study.evaluation.judges)
        for effects in effects_on_axes(judged, study.evaluation.axes)
        for row in sources(effects)
    ]
    return pd.DataFrame(rows, columns=[*SCOPE, "source", "value", "low", "high", "n"])


def draw(numbers: pd.DataFrame, study: Study) -> Figure:
    """A panel for each task, generator, set and axis; rows are sources."""
    if numbers.empty:
        return style.nothing_yet("losses and discriminators cannot be told apart yet")
    scopes = parts.short_scopes(numbers)
    names = [*dict.fromkeys(name for name in numbers["source"] if name != REST), REST]
    columns = min(_COLUMNS, len(scopes))
    lines = -(-len(scopes) // columns)
    figure = style.blank(lines * (1.2 + 0.28 * len(names)))
    grid = figure.subplots(lines, columns, squeeze=False, sharex=True, sharey=True)
    for axes in grid.flat[len(scopes) :]:
        axes.set_visible(False)
    for axes, (scope, rows) in zip(grid.flat, scopes, strict=False):
        for row in parts.records(rows):
            arms = np.nan_to_num(
                np.abs([[row["value"] - row["low"]], [row["high"] - row["value"]]])
            )
            drawn = axes.errorbar(
                row["value"], names.index(row["source"]), xerr=arms, fmt="o", markersize=6.5,
                color=style.MUTED if row["source"] == REST else style.PALETTE[0], elinewidth=1.4,
            )  # fmt: skip
            mark(drawn, row["row"])
        axes.set(xlim=(-0.03, 1.03), ylim=(len(names) - 0.5, -0.5))
        axes.set_yticks(range(len(names)), names)
        axes.grid(visible=False, axis="y")
        axes.set_title(f"{scope}\n{rows['n'].iloc[0]:.0f} trainings")
    for axes in grid[-1]:
        axes.set_xlabel("share of the variance")
    return figure
