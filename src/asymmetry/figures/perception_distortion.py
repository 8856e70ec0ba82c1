"""The perception-distortion plane (Blau and Michaeli 2018): every run, with both of its errors.

So with what was made elsewhere: its points are numbers.
"""

import numpy as np
import pandas as pd
from matplotlib.axes import Axes
from matplotlib.figure import Figure
from matplotlib.lines import Line2D

from asymmetry.figures import parts, style
from asymmetry.figures.marks import legend, mark
from asymmetry.study import Study
from asymmetry.tables.names import OUTSIDE, method_of
from asymmetry.tables.read import MEASURED, Tables
from asymmetry.tables.schemas import DONE, OK

TITLE = "Perception against distortion"
_REFERENCES = {"bicubic": "X", "warm-start": "*"}
_NO_GENERATOR = "no cells"
_LISTED = 6  # cells without numbers that the legend names one by one


def caption(tables: Tables, study: Study) -> str:
    """What is shown, and how much of the grid."""
    distortion, perception = parts.distortion_metric(study), _perception(tables, study)
    trained = [name for name in (distortion, perception) if name in study.grid.fidelity]
    warning = f"{' and '.join(trained)} is also a loss here, and favours its own cells. "
    outside = "Numbers: made elsewhere. " if (tables.runs["kind"] == OUTSIDE).any() else ""
    return (
        f"Every run of the grid by {parts.direction(distortion)} and {parts.direction(perception)},"
        " means over the images. Better is always up and right: the axis of a metric that improves "
        "downwards is inverted. Colour: fidelity loss; marker: discriminator; size: adversarial "
        "weight. Bicubic and the warm start, from which all cells begin, are references. "
        f"{outside}{warning if trained else ''}{tables.coverage}."
    )


def numbers(tables: Tables, study: Study) -> pd.DataFrame:
    """A row for each run and set: its distortion and perceptual quality, NaN where it has none."""
    axes = {"distortion": parts.distortion_metric(study), "perception": _perception(tables, study)}
    runs = _of_every_generator(tables.restorers)
    sets = pd.DataFrame({"set": pd.unique(tables.scores["set"])})
    rows = runs.merge(sets, how="cross") if len(sets) else runs.assign(set="")
    for axis, metric in axes.items():
        rows = rows.merge(_means(tables, metric, axis), on=["run", "set"], how="left")
        rows[f"{axis}_metric"] = metric
    kept = [
        "run",
        "kind",
        *MEASURED,
        "fidelity",
        "discriminator",
        "adversarial_weight",
        "seed",
        "status",
    ]
    return rows[[*kept, "distortion_metric", "distortion", "perception_metric", "perception"]]


def draw(numbers: pd.DataFrame, study: Study) -> Figure:
    """A plane for each task, generator and set."""
    panels = parts.scopes(numbers)
    if not (numbers["kind"] == "cell").any():
        return style.nothing_yet(parts.NO_CELLS)
    columns = min(2, len(panels))
    lines = -(-len(panels) // columns)
    look = style.look(study)
    markers = _markers(numbers)
    entries = _legend(numbers, look, markers)
    figure = style.blank(max(4.9 * lines, 0.19 * len(entries) + 0.3))
    for index, (name, rows) in enumerate(panels):
        axes = figure.add_subplot(lines, columns, index + 1)
        _plane(axes, rows, look, markers)
        axes.set_title(name)
    legend(figure, entries, loc="outside right upper")
    return figure


def _perception(tables: Tables, study: Study) -> str:
    return parts.perceptual_metric(study, tables.scores)


def _of_every_generator(runs: pd.DataFrame) -> pd.DataFrame:
    """The runs; those without a generator once for each generator of the cells of their task."""
    generators = runs.loc[runs["kind"] == "cell", ["task", "generator"]].drop_duplicates()
    alone = runs["kind"].isin(["bicubic", OUTSIDE])
    spread = runs[alone].drop(columns="generator").merge(generators, on="task", how="left")
    spread["generator"] = spread["generator"].fillna(_NO_GENERATOR)
    return pd.concat([spread, runs[~alone]], ignore_index=True)[runs.columns]


def _means(tables: Tables, metric: str, column: str) -> pd.DataFrame:
    """The mean of a metric over the images of each run and set."""
    if metric == parts.EFFECT:
        effect = tables.effect.assign(run=tables.effect["runs"].str.split()).explode("run")
        return effect.rename(columns={"value": column})[["run", "set", column]]
    scores = tables.scores[(tables.scores["metric"] == metric) & (tables.scores["status"] == OK)]
    return scores.groupby(["run", "set"])["value"].mean().rename(column).reset_index()


def _markers(numbers: pd.DataFrame) -> dict[str, str]:
    """The number that stands for each method that was made elsewhere, as a marker."""
    names = numbers.loc[numbers["kind"] == OUTSIDE, "run"].map(method_of).unique()
    return {name: f"${place}$" for place, name in enumerate(names, start=1)}


def _plane(axes: Axes, rows: pd.DataFrame, look: style.Look, markers: dict[str, str]) -> None:
    cells = rows[rows["kind"] == "cell"]
    for cell in parts.records(cells):
        drawn = axes.scatter(
            cell["distortion"],
            cell["perception"],
            s=look.area[cell["adversarial_weight"]],
            c=look.fidelity[cell["fidelity"]],
            marker=look.marker[cell["discriminator"]],
            alpha=0.85,
            edgecolors="white",
            linewidths=0.6,
            zorder=3,
        )
        mark(drawn, cell["row"])
    for point in parts.records(rows[rows["kind"].isin(_REFERENCES.keys())]):
        drawn = axes.scatter(
            point["distortion"], point["perception"], s=110, c=style.INK,
            marker=_REFERENCES[point["kind"]], edgecolors="white", linewidths=0.8, zorder=4,
        )  # fmt: skip
        mark(drawn, point["row"])
    for point in parts.records(rows[rows["kind"] == OUTSIDE]):
        drawn = axes.scatter(
            point["distortion"], point["perception"], s=70, c=style.INK,
            marker=markers[method_of(point["run"])], linewidths=0.4, zorder=5,
        )  # fmt: skip
        mark(drawn, point["row"])
    distortion, perception = rows["distortion_metric"].iloc[0], rows["perception_metric"].iloc[0]
    axes.set(xlabel=_axis_label(distortion), ylabel=_axis_label(perception))
    axes.margins(0.08)
    if parts.lower_is_better(distortion):
        axes.invert_xaxis()
    if parts.lower_is_better(perception):
        axes.invert_yaxis()
    if not np.isfinite(rows[["distortion", "perception"]].to_numpy(dtype=float)).all(1).any():
        style.note(axes, "no scores yet")


def _axis_label(metric: str) -> str:
    inverted = ", axis inverted" if parts.lower_is_better(metric) else ""
    return f"{parts.direction(metric)}{inverted}   better →"


def _legend(numbers: pd.DataFrame, look: style.Look, markers: dict[str, str]) -> list[Line2D]:
    cells = numbers[numbers["kind"] == "cell"]
    weights = sorted(cells["adversarial_weight"].unique())
    entries = [style.heading("fidelity")]
    entries += [style.swatch(name, look.fidelity[name]) for name in cells["fidelity"].unique()]
    entries += [style.gap(), style.heading("discriminator")]
    entries += [
        style.swatch(name, style.MUTED, look.marker[name])
        for name in cells["discriminator"].unique()
    ]
    entries += [style.gap(), style.heading(r"adversarial\ weight")]
    entries += [
        style.swatch(f"{weight:g}", style.MUTED, "o", look.area[weight]) for weight in weights
    ]
    entries += [style.gap(), style.heading("references")]
    entries += [style.swatch(kind, style.INK, marker, 80) for kind, marker in _REFERENCES.items()]
    if markers:
        entries += [style.gap(), style.heading(r"made\ elsewhere")]
        entries += [style.swatch(name, style.INK, marker) for name, marker in markers.items()]
    return entries + _without_numbers(cells, look)


def _without_numbers(cells: pd.DataFrame, look: style.Look) -> list[Line2D]:
    """Entries for the cells that are not in the plane: each, or only counts if they are many."""
    absent = cells[cells["status"] != DONE].drop_duplicates("run")
    if absent.empty:
        return []
    title = [style.gap(), style.heading(r"not\ in\ the\ plane")]
    if len(absent) > _LISTED:
        counts = absent["status"].value_counts()
        return title + [style.swatch(f"{n} {state}", "none") for state, n in counts.items()]
    return title + [
        style.swatch(
            f"{cell['status']}, {parts.weight_label(cell['adversarial_weight'])}",
            look.fidelity[cell["fidelity"]],
            look.marker[cell["discriminator"]],
            hollow=True,
        )
        for cell in parts.records(absent)
    ]
