"""Critical-difference diagrams (Demšar 2006): the mean ranks of the losses on each axis."""

import numpy as np
import pandas as pd
from matplotlib.axes import Axes
from matplotlib.figure import Figure

from asymmetry.analysis.ranking import ranking
from asymmetry.figures import parts, style
from asymmetry.figures.marks import mark
from asymmetry.stats.significance import ALPHA
from asymmetry.study import Study
from asymmetry.tables.read import Tables

TITLE = "Ranks of the losses"
numbers = ranking
_TICKS = 16  # the most that fit
_STEP = 0.24  # inches between two lines of labels


def caption(tables: Tables, study: Study) -> str:
    """What is shown, and how much of the grid."""
    return (
        "Mean ranks of the losses by their effect, 1 is best, over the blocks of discriminator, "
        "weight and seed in which every loss shown has a value. Losses under one bar do not differ "
        f"by Nemenyi's test at {ALPHA}, those further apart than CD do; p is Friedman's. Blocks "
        "share seeds and images, so the diagram describes; the claims decide. Not ranked: losses "
        f"that lack too many blocks. {parts.effect_in_words(tables.effect)}. {tables.coverage}."
    )


def draw(numbers: pd.DataFrame, study: Study) -> Figure:
    """A diagram for each task, generator, set and axis."""
    if numbers["rank"].isna().all():
        return style.nothing_yet("no two losses share two settings or seeds yet")
    scopes = parts.short_scopes(numbers)
    ranked = max(rows["rank"].notna().sum() for _, rows in scopes)
    figure = style.blank(len(scopes) * (1.35 + _STEP * (int(ranked) // 2 + 1)))
    look = style.look(study)
    for axes, (scope, rows) in zip(
        figure.subplots(len(scopes), 1, squeeze=False).flat, scopes, strict=True
    ):
        _diagram(axes, rows, look)
        axes.set_title(f"{scope}\n{_in_words(rows)}", linespacing=1.5)
    return figure


def _in_words(rows: pd.DataFrame) -> str:
    absent = rows.loc[rows["rank"].isna(), "fidelity"]
    left = f"; not ranked: {', '.join(absent)}" if len(absent) else ""
    known = rows[rows["rank"].notna()]
    if known.empty:
        return "no two blocks in common"
    first = known.iloc[0]
    p = f", {parts.p_in_words(first['p'])}" if np.isfinite(first["p"]) else ""
    return f"{first['blocks']:.0f} blocks, CD = {first['difference']:.2f}{p}{left}"


def _diagram(axes: Axes, rows: pd.DataFrame, look: style.Look) -> None:
    """The axis of ranks on top, the losses below on both sides, bars over what does not differ."""
    axes.set_axis_off()
    known = rows[rows["rank"].notna()]
    if known.empty:
        style.note(axes, "no two losses share two settings or seeds")
        return
    count, difference = len(known), known["difference"].iloc[0]
    ordered = parts.records(known)  # best first
    half = (count + 1) // 2
    bars = [row for row in ordered if np.isfinite(row["first"])]
    below = 0.5 + 0.35 * len(bars)  # of the first label
    axes.set(xlim=(1 - 0.3 * count, count * 1.3), ylim=(below + half, -2.0))
    axes.hlines(0, 1, count, color=style.INK, linewidth=1.2)
    for tick in range(1, count + 1, -(-count // _TICKS)):
        axes.vlines(tick, -0.18, 0, color=style.INK, linewidth=1.2)
        axes.text(tick, -0.3, f"{tick}", ha="center", va="bottom", fontsize=8.5)
    end = min(1 + difference, count)
    axes.hlines(-1.35, 1, end, color=style.MUTED, linewidth=2.5)
    more = "" if end == 1 + difference else ", wider than the axis"
    axes.text(end + 0.04 * count, -1.35, f"CD{more}", va="center", fontsize=8.5, color=style.MUTED)
    for place, row in enumerate(bars):
        ends = [ordered[int(row[end])]["rank"] for end in ("first", "last")]
        axes.hlines(
            0.4 + 0.35 * place, ends[0] - 0.04, ends[1] + 0.04, color=style.INK, linewidth=4
        )
    for place, row in enumerate(ordered):
        left = place < half
        y = below + 0.5 + (place if left else count - 1 - place)
        x = 1 - 0.08 * count if left else count * 1.08
        colour = look.fidelity.get(row["fidelity"], style.INK)
        line = axes.plot([row["rank"], row["rank"], x], [0, y, y], color=colour, linewidth=1.2)
        point = axes.plot(row["rank"], 0, "o", color=colour, markersize=6, clip_on=False)
        words = f"{row['fidelity']}  {row['rank']:.2f}"
        text = axes.text(x, y, f"{words} " if left else f" {words}", va="center",
                         ha="right" if left else "left", fontsize=8.5)  # fmt: skip
        for drawn in (*point, *line, text):
            mark(drawn, row["row"])
