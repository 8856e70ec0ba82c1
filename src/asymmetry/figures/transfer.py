"""Transfer: no-reference IQA models that start from a discriminator, from chance, from ImageNet."""

from typing import Any

import numpy as np
import pandas as pd
from matplotlib.axes import Axes
from matplotlib.figure import Figure
from matplotlib.patches import Patch

from asymmetry.analysis.skill import scores_in_words
from asymmetry.analysis.tables import Tables
from asymmetry.figures import style
from asymmetry.study import Study

TITLE = "Transfer of discriminators to quality assessment"
_COLOURS = {"random": "#A9A9A9", "discriminator": "#D55E00", "pretrained": "#0072B2"}
_WIDTH = 0.26  # of a bar, where 1 is the distance of two groups
_BAR_OF = ["set", "backbone", "head", "initialisation"]
_NORMAL = 1.96
_STUB = 0.03  # SRCC; height of the mark of a bar that is not there


def caption(tables: Tables, study: Study) -> str:
    """What is shown, and how much of it is there."""
    rows = _test_rows(tables)
    states = rows.loc[rows["status"] != "ok", "status"].value_counts()
    absent = ", ".join(
        f"{count} of them without a value: {state}" for state, count in states.items()
    )
    return (
        "SRCC on the test part after the same fine-tuning budget, by the discriminator's "
        "architecture and the trunk's initialisation. Points: single runs; bars: their means; "
        "lines: 95 %, from the spread of the runs and the bootstrap interval of the test images, "
        "which all runs share. Hatched: no value. "
        f"{len(rows)} fine-tunings{absent and f', {absent}'}. {tables.coverage}."
    )


def numbers(tables: Tables, study: Study) -> pd.DataFrame:
    """A row for each fine-tuning, with the mean and the interval of its bar beside it."""
    rows = _test_rows(tables).reset_index(drop=True)
    rows["error"] = (rows["high"] - rows["low"]) / (2 * _NORMAL)
    bars = rows.groupby(_BAR_OF, sort=False, dropna=False)
    mean, runs = bars["value"].transform("mean"), bars["value"].transform("count")
    between = bars["value"].transform("var").fillna(0) / runs
    reach = _NORMAL * np.sqrt(between + bars["error"].transform("mean").fillna(0) ** 2)
    columns = {"mean": mean, "mean_low": mean - reach, "mean_high": (mean + reach).clip(upper=1)}
    return rows.drop(columns="error").assign(**columns)


def draw(numbers: pd.DataFrame, study: Study) -> Figure:
    """A panel for each IQA set: groups of bars by architecture."""
    if numbers.empty:
        return style.nothing_yet("no transfer yet")
    sets = numbers["set"].unique()
    figure = style.blank(0.7 + 3.1 * len(sets))
    grid = figure.subplots(len(sets), 1, squeeze=False, sharex=True, sharey=True)
    names = (numbers["backbone"].astype(str) + "\n" + numbers["head"].astype(str)).unique().tolist()
    for axes, name in zip(grid.flat, sets, strict=True):
        _panel(axes, numbers[numbers["set"] == name], names)
        axes.set_title(f"{name}: {scores_in_words(study.iqa_sets[name].kind)}")
    handles = _legend(numbers)
    grid[0, 0].legend(handles=handles, loc="lower right", bbox_to_anchor=(1, 1), ncols=len(handles))
    return figure


def _legend(numbers: pd.DataFrame) -> list[Patch]:
    """Starts that have bars, then those that have none somewhere, with the reason."""
    bars = set(numbers.loc[numbers["value"].notna(), "initialisation"])
    entries = [Patch(color=_COLOURS[start], label=start) for start in _COLOURS if start in bars]
    empty = numbers[numbers["mean"].isna()].groupby("initialisation")["status"].unique()
    return entries + [
        Patch(**_hatched(start), label=f"{start}: {', '.join(sorted(empty[start]))}")
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
    for _, own in rows.groupby(_BAR_OF[1:], sort=False, dropna=False):
        backbone, head, start = own[_BAR_OF[1:]].iloc[0]
        shift = (starts.index(start) - (len(starts) - 1) / 2) * (_WIDTH + 0.03)
        _bar(axes, names.index(f"{backbone}\n{head}") + shift, own, start)
    axes.axhline(0, color=style.MUTED, linewidth=0.8)
    axes.set_xticks(range(len(names)), names)
    axes.set_xlim(-0.6, len(names) - 0.4)
    axes.grid(visible=False, axis="x")
    axes.set_ylabel("SRCC, test part")


def _bar(axes: Axes, x: float, rows: pd.DataFrame, start: str) -> None:
    """A mean with its interval and the runs behind it, or a hatched stub where there is none."""
    first = rows.iloc[0]
    if not np.isfinite(first["mean"]):
        axes.bar(x, _STUB, _WIDTH, **_hatched(start))
        return
    axes.bar(x, first["mean"], _WIDTH, color=_COLOURS[start], alpha=0.85, linewidth=0)
    axes.vlines(x, first["mean_low"], first["mean_high"], color=style.INK, linewidth=1.3, zorder=4)
    # Spread by rank, not at random: the same runs always lie at the same places.
    spread = np.linspace(-0.3, 0.3, len(rows)) * _WIDTH if len(rows) > 1 else np.zeros(1)
    axes.scatter(
        x + spread,
        rows["value"],
        s=15,
        color="white",
        edgecolors=style.INK,
        linewidths=0.7,
        zorder=5,
    )
