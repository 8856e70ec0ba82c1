"""The power of the study: the chance of each claim's verdict, over losses, seeds and images."""

import textwrap
from collections import Counter

import numpy as np
import pandas as pd
from matplotlib.axes import Axes
from matplotlib.figure import Figure
from matplotlib.lines import Line2D

from asymmetry.figures import parts, style
from asymmetry.figures.marks import legend, mark
from asymmetry.study import Study
from asymmetry.study.grid import cells
from asymmetry.tables.power import AS_PLANNED
from asymmetry.tables.read import Tables

TITLE = "Power against losses, seeds and images"
SIMULATED = True
_ENOUGH = 0.8
_ROW = 1.05  # inches
_DODGE = 1.03  # between the marks of two truths at one number
# Of each truth: the right verdict, the colour and the marker.
_TRUTHS = {
    "claim": ("claim true: supported", style.PALETTE[0], "o"),
    "opposite": ("opposite true: contradicted", style.PALETTE[1], "s"),
    "border": ("border between them: neither", style.MUTED, "D"),
}


def caption(tables: Tables, study: Study) -> str:
    """What was simulated under which assumptions, and which claims no design of it decides."""
    rows = tables.power
    if rows.empty:
        return f"No power is simulated yet: asymmetry power --simulate. {tables.coverage}."
    never = [f"{name} ({regime})" for name, regime in _claims(rows)[1]]
    left_out = f"Never decided, so not drawn: {', '.join(never)}. " if never else ""
    planned = rows[rows["varied"] == AS_PLANNED].iloc[0]
    return (
        f"The chance of the right verdict in {planned['studies']:.0f} simulated studies of each "
        "truth, through the real analysis. Bars: 95 % (Wilson 1927). As planned: the study's grid, "
        f"on {planned['images']:.0f} images; then other numbers of losses, seeds or images, all "
        "else as planned; grey: what is planned. More losses are copies of the study's, with "
        f"effects of their own. A curve ends where both verdicts have {_ENOUGH}. {left_out}"
        "Standard deviations that are assumed, those between cells being 1: "
        f"{planned['assumed']}. All of it is simulated; of the study itself: {tables.coverage}."
    )


def numbers(tables: Tables, study: Study) -> pd.DataFrame:
    """A row for each claim, regime, truth and design; `design` is that in words."""
    rows = tables.power
    words = [
        varied if varied == AS_PLANNED else f"{number:.0f} {varied}"
        for varied, number in zip(rows["varied"], rows["number"], strict=True)
    ]
    # A seed would be taken for that of a training.
    return rows.assign(design=words).drop(columns="seed")


def draw(numbers: pd.DataFrame, study: Study) -> Figure:
    """A row for each claim and regime that can be decided, a column for what is varied."""
    claims, _ = _claims(numbers)
    if not claims:
        return style.nothing_yet(
            "no power is simulated yet (asymmetry power --simulate)"
            if numbers.empty
            else "no simulated study decides anything"
        )
    columns = list(dict.fromkeys(numbers["varied"]))
    figure = style.blank(0.9 + _ROW * len(claims), pad=0.05)
    grid = figure.subplots(len(claims), len(columns), squeeze=False, sharex="col", sharey=True)
    own = _planned(study, numbers)
    for (name, regime), line in zip(claims, grid, strict=True):
        rows = numbers[(numbers["id"] == name) & (numbers["regime"] == regime)]
        for varied, axes in zip(columns, line, strict=True):
            _panel(axes, rows[rows["varied"] == varied], own.get(varied))
        words = "\n".join([name, *textwrap.wrap(regime, 20)])
        line[0].set_ylabel(words, rotation=0, ha="right", va="center", fontsize=8.5, labelpad=10)
    for varied, top, bottom in zip(columns, grid[0], grid[-1], strict=True):
        top.set_title(varied)
        _label(bottom, numbers.loc[numbers["varied"] == varied, "number"])
    figure.supylabel("chance of the right verdict", fontsize=9)
    legend(figure, _legend(set(numbers["truth"])), loc="outside lower center", ncols=3)
    return figure


def _claims(numbers: pd.DataFrame) -> tuple[list[tuple[str, str]], list[tuple[str, str]]]:
    """The claims and regimes that have an interval in some design, and those that never have."""
    pairs = list(dict.fromkeys(zip(numbers["id"], numbers["regime"], strict=True)))
    known = numbers[np.isfinite(numbers["width"])]
    decided = set(zip(known["id"], known["regime"], strict=True))
    return [one for one in pairs if one in decided], [one for one in pairs if one not in decided]


def _panel(axes: Axes, rows: pd.DataFrame, planned: tuple[float, float] | None) -> None:
    axes.axhline(_ENOUGH, color=style.MUTED, linewidth=0.8, linestyle=":", zorder=1)
    if planned:
        axes.axvspan(planned[0] / 1.06, planned[1] * 1.06, color=style.FAINT, zorder=0)
    for place, (truth, (_, colour, marker)) in enumerate(_TRUTHS.items()):
        own = rows[rows["truth"] == truth].sort_values("number")
        x = (own["number"] * _DODGE ** (place - 0.5)).fillna(place)
        if len(own) > 1:
            (curve,) = axes.plot(x, own["power"], color=colour, linewidth=1.1, zorder=2)
            mark(curve, own.index[-1])
        for at, row in zip(x, parts.records(own), strict=True):
            arms = [[row["power"] - row["low"]], [row["high"] - row["power"]]]
            drawn = axes.errorbar(
                at, row["power"], yerr=arms, fmt=marker, markersize=4.5, color=colour,
                elinewidth=1, markeredgecolor="white", markeredgewidth=0.5, zorder=3,
            )  # fmt: skip
            mark(drawn, row["row"])
    axes.set_ylim(-0.04, 1.04)
    axes.set_yticks([0, 0.5, 1], ["0", ".5", "1"])


def _label(axes: Axes, numbers: pd.Series) -> None:
    """Ticks at the numbers that were tried, which grow by factors; of the plan, at the truths."""
    tried = sorted(numbers.dropna().unique())
    if not tried:
        axes.set_xticks(range(len(_TRUTHS)), [*_TRUTHS])
        axes.set_xlim(-0.5, len(_TRUTHS) - 0.5)
        return
    axes.set_xscale("log")
    axes.minorticks_off()
    axes.set_xticks(tried, [f"{one:.0f}" for one in tried])
    axes.set_xlim(tried[0] / 1.25, tried[-1] * 1.25)


def _planned(study: Study, numbers: pd.DataFrame) -> dict[str, tuple[float, float]]:
    """The fewest and the most of each in the study itself; seeds are those of a setting."""
    grid = cells(study)
    losses = len({cell.fidelity for cell in grid})
    seeds = Counter(
        (cell.task, cell.generator, cell.fidelity, cell.discriminator, cell.adversarial_weight)
        for cell in grid
    ).values()
    images = numbers.loc[numbers["varied"] == AS_PLANNED, "images"]
    return {
        "losses": (losses, losses),
        "seeds": (min(seeds), max(seeds)),
        "images": (images.min(), images.max()),
    }


def _legend(shown: set[str]) -> list[Line2D]:
    entries = []
    for truth, (label, colour, marker) in _TRUTHS.items():
        if truth in shown:
            entry = Line2D([], [], color=colour, marker=marker, markersize=4.5, label=label)
            entry.set_gid(truth)
            entries.append(entry)
    return entries
