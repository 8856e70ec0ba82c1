"""Transfer: IQA models that start from a discriminator, from chance, from ImageNet."""

from collections.abc import Iterable
from itertools import product
from typing import Any

import numpy as np
import pandas as pd
from matplotlib.axes import Axes
from matplotlib.figure import Figure
from matplotlib.patches import Patch

from asymmetry.analysis.skill import scores_in_words
from asymmetry.figures import style
from asymmetry.figures.marks import legend, mark, mark_points
from asymmetry.study import Study
from asymmetry.tables.read import Tables
from asymmetry.tables.schemas import NO_REFERENCES, OK

TITLE = "Transfer of discriminators to quality assessment"
_COLOURS = {
    "random": "#A9A9A9",
    "before": "#009E73",
    "discriminator": "#D55E00",
    "pretrained": "#0072B2",
}
_MODES = {
    "raw": "raw score",
    "probe": "linear probe",
    "fine-tune": "fine-tuned",
}
_REFERENCES = {"nr": "no-reference", "fr": "full-reference"}
_PANEL = ["set", "reference", "mode"]
_BAR = ["discriminator", "initialisation"]
_GROUP = 0.86  # width of all bars of a discriminator, where 1 is the distance of two
_WIDEST = 0.26
_NORMAL = 1.96
_STUB = 0.03  # SRCC; height of the mark of a bar that is not there
_LEVEL = 3  # the most names of discriminators that fit beside each other in a panel


def caption(tables: Tables, study: Study) -> str:
    """What is shown, and how much of it is there."""
    rows = _test_rows(tables)
    states = rows.loc[rows["status"] != OK, "status"].value_counts()
    absent = ", ".join(
        f"{count} of them without a value: {state}" for state, count in states.items()
    )
    return (
        "SRCC on the test part by the discriminator and by what the model of its trunk starts "
        "from. Raw score: the mean logit (full-reference: minus the reference's), nothing is "
        "trained; linear probe: a ridge regression on the frozen trunk; fine-tuned: the whole "
        "trunk, all with the same budget. Before: a discriminator that starts pretrained, before "
        "its training. Points: single runs, adversarial weights growing to the right; bars: their "
        "means; lines: 95 %, from the spread of the runs and the bootstrap interval of the test "
        "images, which all runs share. Hatched: no value. "
        f"{len(rows)} models{absent and f', {absent}'}. {tables.coverage}."
    )


def numbers(tables: Tables, study: Study) -> pd.DataFrame:
    """A row for each model that can exist, with the mean and the interval of its bar."""
    rows = _test_rows(tables)
    # A model that cannot exist is not missing.
    rows = rows[rows["status"] != NO_REFERENCES].reset_index(drop=True)
    rows["error"] = (rows["high"] - rows["low"]) / (2 * _NORMAL)
    bars = rows.groupby([*_PANEL, *_BAR], sort=False, dropna=False)
    mean, runs = bars["value"].transform("mean"), bars["value"].transform("count")
    between = bars["value"].transform("var").fillna(0) / runs
    half_width = _NORMAL * np.sqrt(between + bars["error"].transform("mean").fillna(0) ** 2)
    columns = {
        "mean": mean,
        "mean_low": (mean - half_width).clip(lower=-1),
        "mean_high": (mean + half_width).clip(upper=1),
    }
    return rows.drop(columns="error").assign(**columns)


def draw(numbers: pd.DataFrame, study: Study) -> Figure:
    """A line of panels for each IQA set and reference, a column for each mode."""
    if numbers.empty:
        return style.nothing_yet("no transfer yet")
    lines = list(numbers.groupby(["set", "reference"], sort=False))
    modes = [mode for mode in _MODES if mode in set(numbers["mode"])]
    names = numbers["discriminator"].unique().tolist()
    figure = style.blank(1.1 + 2.7 * len(lines))
    grid = figure.subplots(len(lines), len(modes), squeeze=False, sharex=True, sharey=True)
    for panels, (scope, rows) in zip(grid, lines, strict=True):
        for axes, mode in zip(panels, modes, strict=True):
            _panel(axes, rows[rows["mode"] == mode], names)
            axes.set_title(_MODES[mode])
        panels[0].set_title(f"{_in_words(scope, study)}\n{_MODES[modes[0]]}")
        panels[0].set_ylabel("SRCC, test part")
    _name_discriminators(grid[-1], names)
    handles = _legend(numbers)
    legend(figure, handles, loc="outside lower center", ncols=4)
    return figure


def _in_words(scope: Any, study: Study) -> str:
    name, reference = scope
    return f"{name}, {_REFERENCES[reference]}: {scores_in_words(study.iqa_sets[name].kind)}"


def _name_discriminators(panels: Iterable[Axes], names: list[str]) -> None:
    """Name the discriminator below each group of bars, at an angle if there are many."""
    for axes in panels:
        axes.set_xticks(range(len(names)), names)
        if len(names) > _LEVEL:
            axes.set_xticklabels(names, rotation=45, ha="right", rotation_mode="anchor")


def _legend(numbers: pd.DataFrame) -> list[Patch]:
    """The initialisations that have bars, then those that lack some, with the reason."""
    bars = set(numbers.loc[numbers["value"].notna(), "initialisation"])
    entries = [Patch(color=_COLOURS[start], label=start) for start in _COLOURS if start in bars]
    empty = numbers[numbers["mean"].isna()].groupby("initialisation")["status"].unique()
    return entries + [
        Patch(**_hatched(start), label=f"{start}: {', '.join(sorted(empty[start]))}", gid=start)
        for start in _COLOURS
        if start in empty
    ]


def _hatched(start: str) -> dict[str, Any]:
    return {"facecolor": "white", "edgecolor": _COLOURS[start], "hatch": "/////"}


def _test_rows(tables: Tables) -> pd.DataFrame:
    transfer = tables.transfer
    return transfer[(transfer["part"] == "test") & (transfer["statistic"] == "srcc")]


def _panel(axes: Axes, rows: pd.DataFrame, names: list[str]) -> None:
    starts = [start for start in _COLOURS if start in set(rows["initialisation"])]
    step = min(_WIDEST, _GROUP / max(1, len(starts)))
    groups, initialisations = rows["discriminator"], rows["initialisation"]
    for (position, name), (order, start) in product(enumerate(names), enumerate(starts)):
        bar = rows[(groups == name) & (initialisations == start)]
        if len(bar):
            shift = (order - (len(starts) - 1) / 2) * step
            _bar(axes, position + shift, 0.9 * step, bar, start)
    axes.axhline(0, color=style.MUTED, linewidth=0.8)
    axes.set_xlim(-0.6, len(names) - 0.4)
    axes.grid(visible=False, axis="x")


def _bar(axes: Axes, x: float, width: float, rows: pd.DataFrame, start: str) -> None:
    """A mean with its interval and the runs behind it, or a hatched stub where there is none."""
    first = rows.iloc[0]
    if not np.isfinite(first["mean"]):
        mark(axes.bar(x, _STUB, width, **_hatched(start)), first.name)
        return
    bar = axes.bar(x, first["mean"], width, color=_COLOURS[start], alpha=0.85, linewidth=0)
    mark(bar, first.name)
    axes.vlines(x, first["mean_low"], first["mean_high"], color=style.INK, linewidth=1.3, zorder=4)
    # Spread by rank, not at random: the same runs always have the same positions.
    spread = np.linspace(-0.3, 0.3, len(rows)) * width if len(rows) > 1 else np.zeros(1)
    ordered = rows.sort_values("adversarial_weight", kind="stable")["value"]
    known = ordered.notna().to_numpy()
    dots = axes.scatter(
        (x + spread)[known],
        ordered[known],
        s=6,
        color="white",
        edgecolors=style.INK,
        linewidths=0.5,
        zorder=5,
    )
    mark_points(dots, ordered.index[known])
