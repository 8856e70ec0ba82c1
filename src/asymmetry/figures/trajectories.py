"""Each measure over the steps of the training, with the step where it is best: when to stop."""

from itertools import cycle

import pandas as pd
from matplotlib.axes import Axes
from matplotlib.figure import Figure, SubFigure
from matplotlib.lines import Line2D

from asymmetry.analysis.trajectories import MEAN, curves
from asymmetry.figures import parts, style
from asymmetry.figures.marks import legend, mark
from asymmetry.study import Study
from asymmetry.tables.read import MEASURED, Tables
from asymmetry.tables.schemas import DONE, ENDED_BADLY

TITLE = "Measures over the steps of the training"
numbers = curves
_REGIMES = {False: "without an adversary (λ = 0)", True: "with an adversary (λ > 0)"}
_Dash = tuple[float, tuple[float, ...]]
# Of the adversarial weights, again from the first where there are more.
_DASHES: tuple[_Dash, ...] = ((0, ()), (0, (4, 2)), (0, (1, 1.5)), (0, (6, 2, 1, 2)))
_MOST_ROWS = 60  # more would be too tall for a PNG
_SETTING = ["fidelity", "discriminator", "adversarial_weight"]


def caption(tables: Tables, study: Study) -> str:
    """What is shown, where the best steps lie, and how much of the grid there is."""
    return (
        "The averaged generator on its way: step 0 is the warm start, then the snapshots of "
        "`training.snapshots`, then the end. A line: a setting, the mean over images and the seeds "
        "that came furthest; band: the lowest and the highest seed. Large mark: the best step. "
        "First of each axis the mean z-score of its metrics, without one that is the cell's own "
        f"loss. {_best_in_words(curves(tables, study))}At most {_MOST_ROWS} rows are drawn; the "
        f"CSV has all. {tables.coverage}."
    )


def draw(numbers: pd.DataFrame, study: Study) -> Figure:
    """Of each task, generator and set: a row for each measure, a column for each regime."""
    if numbers.empty:
        return style.nothing_yet(
            "no snapshot is scored yet"
            if study.training.snapshots
            else "no snapshots are kept (training.snapshots)"
        )
    look, shown = style.look(study), numbers["metric"].notna()
    measures = numbers.loc[shown, ["axis", "metric"]].drop_duplicates()
    pairs = zip(measures["axis"], measures["metric"], strict=True)
    rows = sorted(pairs, key=lambda pair: pair[0])
    scopes = parts.scopes(numbers, MEASURED)[: max(1, _MOST_ROWS // len(rows))]
    regimes = sorted((numbers["adversarial_weight"] > 0).unique())
    dashes = dict(zip(sorted(numbers["adversarial_weight"].unique()), cycle(_DASHES)))
    figure = style.blank(len(scopes) * (0.5 + 1.75 * len(rows)) + 0.9)
    blocks = figure.subfigures(len(scopes), 1, squeeze=False).flat
    for (scope, of_scope), block in zip(scopes, blocks, strict=True):
        if len(scopes) > 1:
            block.suptitle(scope, x=0.01, ha="left", fontsize=9.5)
        _block(block, of_scope, rows, regimes, look, dashes)
    legend(figure, _legend(numbers, look, dashes), loc="outside lower center", ncols=5)
    return figure


def _block(
    block: SubFigure,
    numbers: pd.DataFrame,
    rows: list[tuple[str, str]],
    regimes: list[bool],
    look: style.Look,
    dashes: dict[float, _Dash],
) -> None:
    grid = block.subplots(len(rows), len(regimes), squeeze=False, sharex=True, sharey="row")
    for (axis, metric), line in zip(rows, grid, strict=True):
        for axes, adversary in zip(line, regimes, strict=True):
            panel = numbers[(numbers["axis"] == axis) & (numbers["metric"] == metric)]
            _panel(axes, panel[(panel["adversarial_weight"] > 0) == adversary], look, dashes)
        name = f"{axis} axis\n{MEAN} ↑" if metric == MEAN else parts.with_arrow(metric)
        line[0].set_ylabel(name)
    for top, bottom, adversary in zip(grid[0], grid[-1], regimes, strict=True):
        of_regime = numbers[(numbers["adversarial_weight"] > 0) == adversary]
        top.set_title(f"{_REGIMES[adversary]}{_absent(of_regime)}")
        bottom.set_xlabel("step")


def _panel(axes: Axes, numbers: pd.DataFrame, look: style.Look, dashes: dict[float, _Dash]) -> None:
    axes.set_autoscale_on(False)  # each band would compute the limits of all before it
    for _, line in numbers.groupby(_SETTING, sort=False):
        setting, last = parts.records(line)[0], line.iloc[-1]
        colour = look.fidelity[setting["fidelity"]]
        (curve,) = axes.plot(
            line["step"], line["value"], color=colour, linewidth=1.1, marker=".",
            linestyle=dashes[setting["adversarial_weight"]], markersize=3, zorder=2,
        )  # fmt: skip
        band = axes.fill_between(
            line["step"], line["low"], line["high"], color=colour, alpha=0.12, lw=0
        )
        best = line[line["best"]]
        (point,) = axes.plot(
            best["step"], best["value"], color=colour, linestyle="none", markersize=6.5,
            marker=look.marker[setting["discriminator"]], markeredgecolor="white",
            markeredgewidth=0.6, zorder=3,
        )  # fmt: skip
        for drawn in (curve, band):
            mark(drawn, line.index[-1])
        mark(point, best.index[-1] if len(best) else line.index[-1])
        if setting["status"] in ENDED_BADLY:
            axes.plot(last["step"], last["value"], marker="x", color=style.INK, zorder=4)
    axes.set_autoscale_on(True)
    axes.autoscale_view()


def _absent(numbers: pd.DataFrame) -> str:
    """How many settings have no line, or one that breaks off, for the title of a column."""
    settings = numbers.drop_duplicates(_SETTING)
    counts = settings.loc[settings["status"] != DONE, "status"].value_counts()
    return "".join(f", {count} {status}" for status, count in counts.items())


def _best_in_words(numbers: pd.DataFrame) -> str:
    """How many settings are best before the end, by each axis."""
    means = numbers[numbers["metric"] == MEAN]
    whole = means[means["status"] == DONE]
    best = whole[whole["best"]]
    counts = [
        f"{int((rows['step'] < whole['step'].max()).sum())} of {len(rows)} by {axis}"
        for axis, rows in best.groupby("axis")
    ]
    return f"Best before the end: {', '.join(counts)}. " if counts else ""


def _legend(numbers: pd.DataFrame, look: style.Look, dashes: dict[float, _Dash]) -> list[Line2D]:
    entries = [Line2D([], [], color=look.fidelity[name], label=name)
               for name in numbers["fidelity"].unique()]  # fmt: skip
    entries += [
        style.swatch(name, style.MUTED, look.marker[name])
        for name in numbers["discriminator"].unique()
    ]
    entries += [
        Line2D([], [], color=style.MUTED, linestyle=dash, label=parts.weight_label(weight))
        for weight, dash in dashes.items()
    ]
    if ended := parts.ended_badly(set(numbers["status"])):
        entries.append(style.swatch(ended, style.INK, "x"))
    return entries
