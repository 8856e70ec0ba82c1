"""The effect of each fidelity loss with each discriminator, a panel for each adversarial weight."""

import numpy as np
import pandas as pd
from matplotlib.artist import Artist
from matplotlib.axes import Axes
from matplotlib.cm import ScalarMappable
from matplotlib.colors import Normalize
from matplotlib.figure import Figure

from asymmetry.figures import parts, style
from asymmetry.figures.marks import mark
from asymmetry.study import Study
from asymmetry.tables.read import Tables
from asymmetry.tables.schemas import ENDED_BADLY

TITLE = "Fidelity loss and discriminator"
numbers = parts.effects
_WIDE_ENOUGH = 0.42  # inches that a number in a cell needs


def caption(tables: Tables, study: Study) -> str:
    """What is shown, and how much of the grid."""
    return (
        "Effect of each fidelity loss (rows) with each discriminator (columns) at each adversarial "
        f"weight. {parts.effect_in_words(tables.effect)}. Hatched: missing; ×: diverged or "
        f"collapsed. {tables.coverage}."
    )


def draw(numbers: pd.DataFrame, study: Study) -> Figure:
    """A row of panels for each task, generator and set."""
    if numbers.empty:
        return style.nothing_yet(parts.NO_CELLS)
    strips = parts.scopes(numbers)
    losses = numbers["fidelity"].unique()
    figure = style.blank(1.75 + len(strips) * (0.7 + 0.44 * len(losses)))
    largest = np.nanmax([0.0, *numbers["value"].abs()]) or 1.0
    colours = ScalarMappable(Normalize(-largest, largest), style.DIVERGING)
    weights = sorted(numbers["adversarial_weight"].unique())
    columns = [_columns(numbers, weight) for weight in weights]
    grid = figure.subplots(
        len(strips), len(weights), squeeze=False,
        width_ratios=[len(names) for names in columns],
    )  # fmt: skip
    numbered = (style.WIDTH - 2) / sum(map(len, columns)) > _WIDE_ENOUGH
    for (name, rows), strip in zip(strips, grid, strict=True):
        for axes, weight, names in zip(strip, weights, columns, strict=True):
            panel = rows[rows["adversarial_weight"] == weight]
            _panel(axes, panel, losses.tolist(), names, colours, numbered)
            narrow = len(names) == 1 and not numbered
            axes.set_title(f"{weight:g}" if narrow else parts.weight_label(weight))
        for axes in strip[1:]:
            axes.set_yticklabels([])
        if len(strips) > 1:
            strip[0].set_ylabel(name.replace(" · ", "\n"))
    long = 3.7 * figure.get_figheight()  # keeps the bar as wide in a tall figure
    bar = figure.colorbar(colours, ax=grid, shrink=0.9, pad=0.015, aspect=long)
    bar.set_label("effect (z-score)", labelpad=6)
    if marks := _legend(numbers):
        figure.legend(handles=marks, loc="outside lower left", ncols=2)
    return figure


def _legend(numbers: pd.DataFrame) -> list[Artist]:
    """The entries for settings without a value: missing or badly ended, if there are any."""
    states = set(numbers.loc[numbers["value"].isna(), "status"])
    entries: list[Artist] = [style.missing_patch()] if states.difference(ENDED_BADLY) else []
    ended = parts.ended_badly(states)
    return entries + ([style.swatch(ended, style.INK, "x")] if ended else [])


def _columns(numbers: pd.DataFrame, weight: float) -> list[str]:
    return numbers.loc[numbers["adversarial_weight"] == weight, "discriminator"].unique().tolist()


def _panel(
    axes: Axes,
    rows: pd.DataFrame,
    losses: list[str],
    names: list[str],
    colours: ScalarMappable,
    numbered: bool,
) -> None:
    axes.grid(False)
    axes.set(xlim=(-0.5, len(names) - 0.5), ylim=(len(losses) - 0.5, -0.5))
    turn = 35 if numbered else 90
    axes.set_xticks(range(len(names)), names, rotation=turn, ha="right", rotation_mode="anchor")
    axes.set_yticks(range(len(losses)), losses)
    axes.tick_params(length=0)
    axes.spines[:].set_visible(False)
    for row in parts.records(rows):
        x, y = names.index(row["discriminator"]), losses.index(row["fidelity"])
        for drawn in _cell(axes, x, y, row["value"], row["status"], colours, numbered):
            mark(drawn, row["row"])


def _cell(
    axes: Axes, x: int, y: int, value: float, status: str, colours: ScalarMappable, numbered: bool
) -> list[Artist]:
    """Draw a cell; what was drawn."""
    box = (x - 0.48, y - 0.47, 0.96, 0.94)
    if drawn := style.value_box(axes, box, value, colours, numbered):
        return drawn
    if status in ENDED_BADLY:
        return style.diverged_box(axes, *box)
    return [style.missing_box(axes, *box)]
