"""How well each discriminator tells real from restored images, over its training."""

import numpy as np
import pandas as pd
from matplotlib.axes import Axes
from matplotlib.figure import Figure
from matplotlib.lines import Line2D

from asymmetry.analysis.games import (
    PARTS,
    PLAYED,
    SETTING,
    games_in_words,
    margin,
    run_games,
    setting_games,
)
from asymmetry.figures import parts, style
from asymmetry.figures.marks import legend, mark
from asymmetry.study import Study
from asymmetry.tables.read import Tables
from asymmetry.training.windows import NAMES

TITLE = "Was there a game?"
_NO_GAMES = "no discriminator has been trained yet"
_COLUMNS = 4
_DODGE = 0.05  # steps of the x axis between two discriminators, at most


def caption(tables: Tables, study: Study) -> str:
    """What is shown, the rule, and how much of the grid."""
    return (
        "Area under the ROC curve of the discriminator's logits, real against restored, at the "
        "start, in the middle and at the end of a training. 0.5 is chance, 1 perfect. Dots: runs; "
        "lines: the mean over the losses and seeds of a discriminator at a weight, hollow and "
        "dashed where there was no game. Grey: within "
        f"{margin(study):.2g} of chance, for one seed. {games_in_words(tables.runs, study)}. "
        f"{tables.coverage}."
    )


def numbers(tables: Tables, study: Study) -> pd.DataFrame:
    """A row for each run with a discriminator; `setting_*` are the means of its setting."""
    runs = run_games(tables.runs, study)
    shown = runs[["run", *SETTING, "fidelity", "seed", "status", *PARTS, "game"]]
    settings = setting_games(tables.runs, study).rename(
        columns={name: f"setting_{name}" for name in [*PARTS, "game"]}
    )
    return shown.merge(settings.drop(columns=["runs", "played"]), on=SETTING, how="left")


def draw(numbers: pd.DataFrame, study: Study) -> Figure:
    """A panel for each weight of each task and generator; all share their axes."""
    if numbers.empty or numbers[PARTS].isna().all(axis=None):
        return style.nothing_yet(_NO_GAMES)
    panels = list(numbers.groupby(["task", "generator", "adversarial_weight"], sort=False))
    columns = min(_COLUMNS, len(panels))
    lines = -(-len(panels) // columns)
    figure = style.blank(0.9 + 2.7 * lines)
    grid = figure.subplots(lines, columns, squeeze=False, sharex=True, sharey=True)
    look, scopes = style.look(study), numbers[["task", "generator"]].drop_duplicates()
    for axes in grid.ravel()[len(panels) :]:
        axes.set_visible(False)
    for axes, ((task, generator, weight), rows) in zip(grid.ravel(), panels, strict=False):
        _panel(axes, rows, look, margin(study))
        title = parts.weight_label(float(str(weight)))
        axes.set_title(title if len(scopes) == 1 else f"{task} · {generator}\n{title}")
    for axes in grid[:, 0]:
        axes.set_ylabel("AUC, real against restored")
    legend(
        figure, _legend(numbers, look), loc="outside lower center", ncols=6, title="discriminator"
    )
    return figure


def _panel(axes: Axes, rows: pd.DataFrame, look: style.Look, margin: float) -> None:
    axes.axhspan(0.5 - margin, 0.5 + margin, color=style.FAINT, zorder=0)
    axes.axhline(0.5, color=style.MUTED, linewidth=1, zorder=1)
    names = [name for name in look.discriminator if name in set(rows["discriminator"])]
    shifts = parts.dodged(len(names), _DODGE)
    for index, name in enumerate(names):
        own, colour = rows[rows["discriminator"] == name], look.discriminator[name]
        x = np.arange(len(NAMES)) + shifts[index]
        for run in parts.records(own):
            dots = axes.plot(
                x, [run[part] for part in PARTS], ".", color=colour, markersize=3.5, alpha=0.5,
                zorder=2,
            )  # fmt: skip
            mark(dots[0], run["row"])
        first = own.iloc[0]
        mean = first[[f"setting_{part}" for part in PARTS]].to_numpy(dtype=float)
        played = first["setting_game"] == PLAYED
        (line,) = axes.plot(
            x, mean, color=colour, marker=look.marker[name], markersize=6,
            linestyle="-" if played else "--", markerfacecolor=colour if played else "white",
            markeredgecolor="white" if played else colour, zorder=3,
        )  # fmt: skip
        mark(line, first.name)
    axes.set_xticks(range(len(NAMES)), NAMES)
    axes.set_xlim(-0.35, len(NAMES) - 0.65)


def _legend(numbers: pd.DataFrame, look: style.Look) -> list[Line2D]:
    named = [name for name in look.discriminator if name in set(numbers["discriminator"])]
    entries = [
        Line2D([], [], color=look.discriminator[name], marker=look.marker[name], label=name)
        for name in named
    ]
    if (numbers["setting_game"] != PLAYED).any():
        label = "no game"
        entries.append(
            Line2D(
                [], [], color=style.MUTED, marker="o", markerfacecolor="white", linestyle="--",
                label=label,
            )
        )  # fmt: skip
    return entries
