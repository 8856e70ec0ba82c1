"""Losses as objectives: what descent recovers, and the noise and spectrum of their gradients."""

import matplotlib as mpl
import numpy as np
import pandas as pd
from matplotlib.axes import Axes
from matplotlib.figure import Figure
from matplotlib.patches import Patch

from asymmetry.analysis.optimisability import GAIN, SNR, optimisability_of_losses
from asymmetry.figures import style
from asymmetry.figures.marks import mark
from asymmetry.study import Study
from asymmetry.tables.read import Tables
from asymmetry.tables.schemas import OK

TITLE = "Losses as objectives"
_STARTS = {"jpeg": "s", "noise": "^", "blur": "D", "white": "v"}
_EDGES = ["0", *(f"{band}/16" for band in range(1, 8))]
_BAND_COLOURS = [mpl.colormaps["cividis"](level) for level in np.linspace(0.05, 0.95, len(_EDGES))]
_LEAST_SNR = 1e-3  # drawn in place of a ratio that is zero or, by chance, negative
_BELOW = 0.24  # of a row: how far the markers of single starts are below their mean


def caption(tables: Tables, study: Study) -> str:
    """What is shown, and how much of it is there."""
    section = study.optimisability
    rows = tables.optimisability
    absent = rows.loc[rows["status"] != OK, "status"].value_counts()
    states = ", ".join(f"{count} values absent: {state}" for state, count in absent.items())
    return (
        f"Left: PSNR-Y gained by {section.steps} steps of descent on the loss alone, from "
        "distorted photos and white noise (Ding et al. 2021); dots: mean over starts and photos. "
        "Middle: signal to noise of the gradient at bicubic enlargements, over "
        f"{section.draws} degradations of each photo; at 1, signal and noise are equal. "
        "Right: share of the gradient's energy by frequency, from 0 to 1/2 cycles a pixel and "
        f"beyond. Lines: 95 % over photos. {_photos(rows)} photos{states and f'; {states}'}. "
        f"{tables.coverage}."
    )


def numbers(tables: Tables, study: Study) -> pd.DataFrame:
    """A row for each loss and statistic: the mean over photos with its interval."""
    return optimisability_of_losses(tables.optimisability, study.execution.bootstrap)


def draw(numbers: pd.DataFrame, study: Study) -> Figure:
    """Three panels whose rows are losses, the best recovery on top."""
    if numbers.empty:
        return style.nothing_yet("no loss was measured as an objective yet")
    gains = numbers[numbers["statistic"] == GAIN].set_index("fidelity")["value"]
    losses = gains.sort_values(na_position="first").index.tolist()
    table = {
        str(name): rows.set_index("fidelity").reindex(losses)
        for name, rows in numbers.rename_axis("row").reset_index().groupby("statistic", sort=False)
    }
    figure = style.blank(1.7 + 0.3 * len(losses))
    left, middle, right = figure.subplots(1, 3, sharey=True, width_ratios=[1.2, 1, 1.2])
    look = style.look(study).fidelity
    _recovery(left, table, look)
    _ratio(middle, table[SNR], look)
    _spectrum(right, table)
    left.set_yticks(range(len(losses)), losses)
    left.set_ylim(-0.6, len(losses) - 0.4)
    for axes in (left, middle, right):
        axes.grid(visible=False, axis="y")
    bands = [Patch(color=c, label=edge) for c, edge in zip(_BAND_COLOURS, _EDGES, strict=True)]
    starts, _ = left.get_legend_handles_labels()
    figure.legend(handles=starts, loc="outside lower left", ncols=4, title="start of the descent")
    figure.legend(
        handles=bands, loc="outside lower right", ncols=8, title="frequency from (cycles a pixel)",
        columnspacing=0.8, handlelength=1, handletextpad=0.4,
    )  # fmt: skip
    return figure


def _recovery(axes: Axes, table: dict[str, pd.DataFrame], look: dict[str, str]) -> None:
    """The gain of each start, hollow, and their mean."""
    for start, marker in _STARTS.items():
        if (gain := table.get(f"{GAIN}/{start}")) is not None:
            heights = np.arange(len(gain)) - _BELOW
            axes.scatter(
                gain["value"], heights, s=20, marker=marker, facecolors="white",
                edgecolors=style.MUTED, linewidths=1, zorder=2, label=start,
            )  # fmt: skip
    _dots(axes, table[GAIN], look)
    axes.axvline(0, color=style.MUTED, linewidth=0.8, zorder=1)
    axes.set_xlabel("PSNR-Y gained (dB)")
    axes.set_title("recovery of the reference")


def _ratio(axes: Axes, rows: pd.DataFrame, look: dict[str, str]) -> None:
    """The signal-to-noise ratio, on a logarithmic axis."""
    ends = ["value", "low", "high"]
    _dots(axes, rows.assign(**rows[ends].clip(lower=_LEAST_SNR)), look)
    axes.set_xscale("log")
    axes.axvline(1, color=style.MUTED, linewidth=0.8, zorder=1)
    axes.set_xlabel("signal / noise")
    axes.set_title("gradient: signal to noise")


def _spectrum(axes: Axes, table: dict[str, pd.DataFrame]) -> None:
    """The shares of the eight bands, low frequencies first."""
    reached = np.zeros(len(table[SNR]))
    for band, colour in enumerate(_BAND_COLOURS):
        share = table[f"spectrum_{band}"]["value"].fillna(0).to_numpy()
        axes.barh(range(len(share)), share, left=reached, height=0.62, color=colour, linewidth=0)
        reached = reached + share
    axes.set_xlim(0, 1)
    axes.set_xlabel("share of energy")
    axes.set_title("gradient: spectrum")


def _dots(axes: Axes, rows: pd.DataFrame, look: dict[str, str]) -> None:
    """A value with its interval for each loss, and how many images lack a value."""
    for height, (loss, row) in enumerate(rows.iterrows()):
        arms = np.nan_to_num([[row["value"] - row["low"]], [row["high"] - row["value"]]])
        drawn = axes.errorbar(
            row["value"], height, xerr=arms, fmt="o", color=look.get(str(loss), style.INK),
            markersize=6.5, elinewidth=1.4, zorder=3,
        )  # fmt: skip
        mark(drawn, f"{row['row']:.0f}")
        if row["absent"]:
            axes.annotate(
                f"{row['absent']:.0f} of {row['images']:.0f} absent", (1, height),
                xycoords=("axes fraction", "data"), ha="right", va="bottom", fontsize=7.5,
                color=style.MUTED,
            )  # fmt: skip


def _photos(rows: pd.DataFrame) -> int:
    return rows.loc[rows["statistic"] == SNR, "image"].nunique()
