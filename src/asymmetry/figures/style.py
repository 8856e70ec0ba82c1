"""The style of all figures: a colour, marker or size means the same in each of them."""

from collections.abc import Iterable, Sequence
from contextlib import AbstractContextManager
from dataclasses import dataclass
from typing import Any

import matplotlib as mpl
import numpy as np
from matplotlib.artist import Artist
from matplotlib.axes import Axes
from matplotlib.cm import ScalarMappable
from matplotlib.colors import LinearSegmentedColormap
from matplotlib.figure import Figure
from matplotlib.layout_engine import ConstrainedLayoutEngine
from matplotlib.lines import Line2D
from matplotlib.patches import Patch, Rectangle

from asymmetry.study import Study
from asymmetry.study.grid import NO_DISCRIMINATOR, cells

WIDTH = 9.0  # inches; at 1200 pixels, 8 pt are 15 pixels
INK, MUTED, FAINT, HATCHING = "#1A1A1A", "#6B6B6B", "#E4E4E4", "#B5B5B5"
# Okabe and Ito's palette, then tones of Tol's and a grey: told apart by colour-blind eyes.
PALETTE = (
    *("#0072B2", "#D55E00", "#009E73", "#CC79A7", "#E69F00", "#56B4E9", "#000000"),
    *("#332288", "#882255", "#117733", "#999933", "#8C8C8C", "#661100"),
)
DIVERGING = LinearSegmentedColormap.from_list(
    "diverging", ["#B24A00", "#F0B68A", "#F7F7F7", "#8FC1E3", "#0072B2"]
)
_MARKERS = ("s", "^", "D", "v", "P", "h", "<", ">", "p", "d", "X", "*", "8", "H")

_RULES: dict[Any, Any] = {
    "svg.hashsalt": "asymmetry",
    "svg.fonttype": "path",
    "font.family": "DejaVu Sans",
    "font.size": 9,
    "axes.titlesize": 9.5,
    "axes.titlelocation": "left",
    "axes.titlepad": 7,
    "axes.labelsize": 9,
    "xtick.labelsize": 8.5,
    "ytick.labelsize": 8.5,
    "legend.fontsize": 8.5,
    "legend.frameon": False,
    "axes.spines.top": False,
    "axes.spines.right": False,
    "axes.edgecolor": MUTED,
    "axes.labelcolor": INK,
    "axes.linewidth": 0.8,
    "axes.grid": True,
    "axes.axisbelow": True,
    "grid.color": FAINT,
    "grid.linewidth": 0.7,
    "xtick.color": MUTED,
    "ytick.color": MUTED,
    "xtick.labelcolor": INK,
    "ytick.labelcolor": INK,
    "text.color": INK,
    "hatch.color": HATCHING,
    "hatch.linewidth": 0.8,
    "figure.facecolor": "white",
    "savefig.facecolor": "white",
    "savefig.dpi": 200,
}


def rules() -> AbstractContextManager[None]:
    """The settings of matplotlib under which every figure is drawn and saved."""
    return mpl.rc_context(_RULES)


@dataclass(frozen=True)
class Look:
    """The colours, markers and areas of a study's names, the same in every figure."""

    fidelity: dict[str, str]
    discriminator: dict[str, str]
    marker: dict[str, str]
    area: dict[float, float]


def look(study: Study) -> Look:
    """The look of the names of a study; areas are in pt²."""
    grid = cells(study)
    losses = list(dict.fromkeys(cell.fidelity for cell in grid))
    named = dict.fromkeys(cell.discriminator for cell in grid)
    discriminators = [name for name in named if name != NO_DISCRIMINATOR]
    weights = sorted({cell.adversarial_weight for cell in grid})
    return Look(
        fidelity=_cycled(losses, PALETTE),
        discriminator={NO_DISCRIMINATOR: INK} | _cycled(discriminators, PALETTE),
        marker={NO_DISCRIMINATOR: "o"} | _cycled(discriminators, _MARKERS),
        area={weight: 36 + 34 * index for index, weight in enumerate(weights)},
    )


def _cycled(names: Iterable[str], values: Sequence[str]) -> dict[str, str]:
    return {name: values[index % len(values)] for index, name in enumerate(names)}


def blank(height: float, pad: float = 0.08) -> Figure:
    """An empty figure of a height [inches], whose layout keeps its parts apart."""
    layout = ConstrainedLayoutEngine(h_pad=pad, w_pad=pad, hspace=0, wspace=0)
    return Figure(figsize=(WIDTH, height), layout=layout)


def nothing_yet(what: str) -> Figure:
    """A figure that only says why there is nothing to show yet."""
    figure = blank(2.2)
    figure.text(0.5, 0.5, what, ha="center", va="center", fontsize=12, color=MUTED)
    return figure


def heading(text: str) -> Line2D:
    """An entry of a legend without a marker: the title of the entries below it."""
    return Line2D([], [], linestyle="none", label=rf"$\bf{{{text}}}$")


def swatch(
    label: str, colour: str, marker: str = "o", area: float = 49.0, hollow: bool = False
) -> Line2D:
    """An entry of a legend: a marker of an area [pt²]."""
    return Line2D(
        [],
        [],
        linestyle="none",
        marker=marker,
        color=colour,
        markersize=area**0.5,
        markerfacecolor="white" if hollow else colour,
        markeredgewidth=1.6 if hollow or marker == "x" else 1.0,
        label=label,
    )


def gap() -> Line2D:
    """An empty line of a legend."""
    return Line2D([], [], linestyle="none", label=" ")


def missing_patch() -> Patch:
    """The entry of a legend for what is missing."""
    return Patch(facecolor="white", edgecolor=HATCHING, hatch="////", label="missing")


def value_box(
    axes: Axes,
    box: tuple[float, float, float, float],
    value: float,
    colours: ScalarMappable,
    numbered: bool,
) -> list[Artist]:
    """Draw a rectangle (left, top, width, height) in the colour of a value; empty without one.

    `numbered` writes the value into it.
    """
    if not np.isfinite(value):
        return []
    red, green, blue, _ = colour = colours.to_rgba(np.array(value))
    if numbered:
        ink = "white" if 0.3 * red + 0.6 * green + 0.1 * blue < 0.4 else INK
        centre = (box[0] + box[2] / 2, box[1] + box[3] / 2)
        text = signed(value, plus=True)
        axes.text(*centre, text, ha="center", va="center", fontsize=8.5, color=ink)
    return [axes.add_patch(Rectangle(box[:2], *box[2:], facecolor=colour))]


def missing_box(axes: Axes, left: float, top: float, width: float, height: float) -> Artist:
    """Draw a hatched rectangle, which stands for a missing result."""
    return axes.add_patch(
        Rectangle((left, top), width, height, facecolor="white", edgecolor=HATCHING, hatch="////")
    )


def diverged_box(axes: Axes, left: float, top: float, width: float, height: float) -> list[Artist]:
    """Draw a crossed grey rectangle, which stands for a training that ended badly."""
    box = axes.add_patch(Rectangle((left, top), width, height, facecolor=FAINT))
    centre = (left + width / 2, top + height / 2)
    return [box, *axes.plot(*centre, marker="x", color=INK, markersize=10, markeredgewidth=1.8)]


def note(axes: Axes, text: str) -> None:
    """Write a text into the middle of an axes that shows nothing else."""
    axes.text(0.5, 0.5, text, transform=axes.transAxes, ha="center", color=MUTED)


def signed(value: float, plus: bool = False) -> str:
    """A number of two decimals with a real minus sign, and a plus sign if asked for."""
    return f"{value:{'+' if plus else ''}.2f}".replace("-", "−")
