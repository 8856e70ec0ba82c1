"""Effect as the adversarial weight grows: a panel for each loss, a line for each discriminator."""

from collections.abc import Iterable

import numpy as np
import pandas as pd
from matplotlib.axes import Axes
from matplotlib.figure import Figure
from matplotlib.lines import Line2D
from matplotlib.patches import Rectangle

from asymmetry.figures import parts, style
from asymmetry.figures.marks import legend, mark
from asymmetry.study import Study
from asymmetry.study.grid import NO_DISCRIMINATOR
from asymmetry.tables.read import Tables
from asymmetry.tables.schemas import DONE, ENDED_BADLY, MISSING

TITLE = "Effect over the adversarial weight"
numbers = parts.effects
_COLUMNS = 4
_STRIP = 0.1  # share of a panel's height
_LEVEL = 6  # the most weights whose ticks fit beside each other
_DODGE = 0.07  # steps of the x axis between two discriminators, at most


def caption(tables: Tables, study: Study) -> str:
    """What is shown, and how much of the grid."""
    return (
        "Effect over the adversarial weight; every line starts from the same loss without an "
        f"adversary. {parts.effect_in_words(tables.effect)}. Bars: 95 %, where trainings were "
        f"repeated. Marks at the foot: × diverged or collapsed, ○ missing. {tables.coverage}."
    )


def draw(numbers: pd.DataFrame, study: Study) -> Figure:
    """A panel for each fidelity loss of each task, generator and set; all share their axes."""
    if numbers.empty:
        return style.nothing_yet(parts.NO_CELLS)
    scopes = parts.scopes(numbers)
    losses = numbers["fidelity"].unique()
    columns = min(_COLUMNS, len(losses))
    lines = -(-len(losses) // columns)  # of each scope
    figure = style.blank(0.9 + 2.7 * lines * len(scopes))
    grid = figure.subplots(lines * len(scopes), columns, squeeze=False, sharex=True, sharey=True)
    weights = sorted(numbers["adversarial_weight"].unique())
    look = style.look(study)
    for index, (scope, rows) in enumerate(scopes):
        panels = grid[index * lines : (index + 1) * lines].ravel()
        for axes in panels[len(losses) :]:
            axes.set_visible(False)
        for axes, loss in zip(panels, losses, strict=False):
            _panel(axes, rows[rows["fidelity"] == loss], weights, look)
            axes.set_title(str(loss))
        if len(scopes) > 1:
            grid[index * lines, 0].set_title(f"{scope}\n{losses[0]}")
    for axes in grid[:, 0]:
        axes.set_ylabel("effect (z-score)")
    for axes in grid[-1]:
        axes.set_xlabel("adversarial weight λ")
    if numbers["value"].isna().any():
        _strip(grid.flat)
    legend(
        figure, _legend(numbers, look), loc="outside lower center", ncols=6, title="discriminator"
    )
    return figure


def _panel(axes: Axes, rows: pd.DataFrame, weights: list[float], look: style.Look) -> None:
    start = rows[rows["discriminator"] == NO_DISCRIMINATOR]
    _states(axes, start, np.zeros(len(start)), style.INK)
    named = [name for name in look.discriminator if name in set(rows["discriminator"])]
    adversaries = [name for name in named if name != NO_DISCRIMINATOR]
    shifts = parts.dodged(len(adversaries), _DODGE)
    for index, name in enumerate(adversaries):
        curve = rows[rows["discriminator"] == name].sort_values("adversarial_weight")
        line = pd.concat([start, curve])
        steps = np.array([weights.index(weight) for weight in line["adversarial_weight"]])
        x = steps + np.where(line["adversarial_weight"] > 0, shifts[index], 0)
        colour, marker = look.discriminator[name], look.marker[name]
        (drawn,) = axes.plot(x, line["value"], color=colour, linewidth=1.4, zorder=2)
        mark(drawn, curve.index[-1])
        _points(axes, x[len(start) :], curve, colour, marker)
        _states(axes, curve, x[len(start) :], colour)
    _points(axes, np.zeros(len(start)), start, style.INK, look.marker[NO_DISCRIMINATOR])
    axes.set_xticks(range(len(weights)), [f"{weight:g}" for weight in weights])
    if len(weights) > _LEVEL:
        axes.tick_params("x", labelrotation=45)
    axes.set_xlim(-0.35, len(weights) - 0.65)
    axes.axhline(0, color=style.MUTED, linewidth=0.8, zorder=1)


def _points(axes: Axes, x: np.ndarray, rows: pd.DataFrame, colour: str, marker: str) -> None:
    for position, row in zip(x, parts.records(rows), strict=True):
        ends = np.abs([[row["low"] - row["value"]], [row["high"] - row["value"]]])
        drawn = axes.errorbar(
            position, row["value"], yerr=ends, fmt=marker, color=colour, markersize=5.5,
            elinewidth=1.2, capsize=0, markeredgecolor="white", markeredgewidth=0.5, zorder=3,
        )  # fmt: skip
        mark(drawn, row["row"])


def _strip(grid: Iterable[Axes]) -> None:
    """Make room below the values for the marks of settings without a value."""
    panels = list(grid)
    low, high = panels[0].get_ylim()
    ticks = [tick for tick in panels[0].get_yticks() if low <= tick <= high]
    panels[0].set_ylim(low - (high - low) * _STRIP / (1 - _STRIP), high)
    panels[0].set_yticks(ticks)
    for axes in panels:
        axes.add_patch(
            Rectangle((0, 0), 1, _STRIP, transform=axes.transAxes, color="#F1F1F1", zorder=0.5)
        )


def _states(axes: Axes, rows: pd.DataFrame, x: np.ndarray, colour: str) -> None:
    """Mark the settings without a value at the foot of the panel."""
    for position, row in zip(x, parts.records(rows), strict=True):
        if row["status"] != DONE:
            (drawn,) = axes.plot(
                position,
                _STRIP / 2,
                transform=axes.get_xaxis_transform(),
                color=colour,
                marker="x" if row["status"] in ENDED_BADLY else "o",
                markerfacecolor="white",
                markersize=6.5,
                markeredgewidth=1.6,
                zorder=4,
            )
            mark(drawn, row["row"])


def _legend(numbers: pd.DataFrame, look: style.Look) -> list[Line2D]:
    named = [name for name in look.discriminator if name in set(numbers["discriminator"])]
    entries = [
        Line2D([], [], color=look.discriminator[name], marker=look.marker[name], label=name,
               linestyle="none" if name == NO_DISCRIMINATOR else "-")
        for name in named
    ]  # fmt: skip
    states = [*((state, "x") for state in ENDED_BADLY), (MISSING, "o")]
    return entries + [
        style.swatch(state, style.MUTED, marker, hollow=True)
        for state, marker in states
        if (numbers["status"] == state).any()
    ]
