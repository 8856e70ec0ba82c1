"""The same crop of an evaluation image, restored by every cell."""

from collections.abc import Iterator
from itertools import product, repeat
from pathlib import Path

import numpy as np
import pandas as pd
from matplotlib.axes import Axes
from matplotlib.figure import Figure, SubFigure
from PIL import Image

from asymmetry.data.views import View, strips
from asymmetry.figures import parts, style
from asymmetry.study import Study
from asymmetry.study.grid import NO_DISCRIMINATOR
from asymmetry.tables.names import OUTSIDE, method_of
from asymmetry.tables.read import Tables
from asymmetry.tables.schemas import DONE, ENDED_BADLY, OK

TITLE = "Crops"
SHOWS_IMAGES = True
_TOP = ["reference", "bicubic", "warm-start"]
_ACROSS = 8  # images in a line
_MOST_LINES = 60  # more would be too tall for a PNG
_Line = tuple[list[tuple[str, float]], str]  # the settings of its images, and their loss
_COLUMNS = [
    *("task", "generator", "set", "image", "crop", "run", "kind", "fidelity", "discriminator"),
    *("adversarial_weight", "status", "file"),
]


def caption(tables: Tables, study: Study) -> str:
    """What is shown, and how much of the grid."""
    metrics = " and ".join(map(parts.direction, _metrics(tables, study)))
    return (
        "The same crop from every generator of the first seed; rows: fidelity loss, columns: "
        f"discriminator and adversarial weight, of a fraction each row's own. Below "
        f"each: {metrics} of the whole image. "
        f"Hatched: missing; ×: diverged or collapsed. At most {_MOST_LINES} rows are drawn; the "
        f"CSV has all. {tables.coverage}."
    )


def numbers(tables: Tables, study: Study) -> pd.DataFrame:
    """A row for each image of the strip: its file, and the metrics of the whole image."""
    rows = [
        row
        for (task, generator), cells in tables.cells.groupby(["task", "generator"], sort=False)
        for crop in strips(study.evaluation, _images(tables.scores))
        for row in _strip(study, _shown(tables.runs, cells), str(task), str(generator), crop)
    ]
    table = pd.DataFrame(rows, columns=_COLUMNS)
    scores = tables.scores[tables.scores["status"] == OK]
    for metric in _metrics(tables, study):
        values = scores.loc[scores["metric"] == metric, ["run", "set", "image", "value"]]
        values = values.rename(columns={"value": metric})
        table = table.merge(values, on=["run", "set", "image"], how="left")
    return table


def draw(numbers: pd.DataFrame, study: Study) -> Figure:
    """A block for each task, generator and crop."""
    if numbers.empty:
        return style.nothing_yet(
            parts.NO_CELLS if study.evaluation.crops else "no crops were chosen"
        )
    cells = numbers[numbers["kind"] == "cell"]
    lines = _lines(cells)
    top = _top(numbers)
    titles = sum(map(_titled, range(len(lines)), repeat(lines))) + len(top) - 1
    shown = max(1, _MOST_LINES // (len(top) + len(lines)))
    blocks = list(numbers.groupby(["task", "generator", "crop"], sort=False))[:shown]
    across = max(*map(len, top), *(len(settings) for settings, _ in lines))
    side = min(1.3, (style.WIDTH - 0.7) / across - 0.1)
    figure = style.blank(
        len(blocks) * (0.45 + (side + 0.25) * (len(top) + len(lines)) + 0.3 * titles), pad=0.03
    )
    panels = figure.subfigures(len(blocks), 1, squeeze=False).flat
    for panel, (_, rows) in zip(panels, blocks, strict=True):
        panel.suptitle(_title(rows), x=0.01, ha="left", fontsize=9.5)
        _block(panel, rows, top, lines, across)
    return figure


def _images(scores: pd.DataFrame) -> dict[str, list[str]]:
    """The names of the images of each set, sorted."""
    return {
        str(name): sorted(images)
        for name, images in scores.groupby("set")["image"].unique().items()
    }


def _metrics(tables: Tables, study: Study) -> list[str]:
    perception = parts.perceptual_metric(study, tables.scores)
    return [parts.distortion_metric(study)] + ([] if perception == parts.EFFECT else [perception])


def _title(rows: pd.DataFrame) -> str:
    """The title of a block: its task, generator, image, and the metrics below each crop."""
    task, generator, image = rows[["task", "generator", "image"]].iloc[0]
    metrics = " / ".join(map(parts.with_arrow, rows.columns[len(_COLUMNS) :]))
    # A dollar sign in a name begins no formula.
    shown = str(image).replace("$", r"\$")
    return f"{task} · {generator} · {shown}; below each crop: {metrics} of the whole image"


def _shown(runs: pd.DataFrame, cells: pd.DataFrame) -> pd.DataFrame:
    """Bicubic, warm start and cells of the first seed, and what was made elsewhere."""
    first = cells[cells["seed"] == cells["seed"].min()]
    task, generator, seed = first[["task", "generator", "seed"]].iloc[0]
    bicubic = (runs["kind"] == "bicubic") & (runs["task"] == task)
    warm = (runs["kind"] == "warm-start") & (runs["task"] == task) & (runs["seed"] == seed)
    outside = (runs["kind"] == OUTSIDE) & (runs["task"] == task)
    own = bicubic | (warm & (runs["generator"] == generator))
    return pd.concat([runs[own], runs[outside], first])


def _strip(
    study: Study, runs: pd.DataFrame, task: str, generator: str, crop: View
) -> Iterator[tuple[object, ...]]:
    def file(run: str) -> str:
        return crop.path(study.results, run).as_posix()

    head = (task, generator, crop.set, crop.image, crop.name)
    reference = f"{task}/reference"
    yield (*head, reference, "reference", None, None, None, DONE, file(reference))
    for run in parts.records(runs):
        setting = (run["fidelity"], run["discriminator"], run["adversarial_weight"])
        yield (*head, run["run"], run["kind"], *setting, run["status"], file(run["run"]))


def _top(numbers: pd.DataFrame) -> list[list[str]]:
    """The first lines of images: the reference, the baselines and what was made elsewhere."""
    outside = numbers.loc[numbers["kind"] == OUTSIDE, "run"].map(method_of).unique()
    # Generators that begin from files have no warm start.
    names = [name for name in _TOP if name in numbers["kind"].array] + [*outside]
    return [names[start : start + _ACROSS] for start in range(0, len(names), _ACROSS)]


def _lines(cells: pd.DataFrame) -> list[_Line]:
    """The lines of images: for each loss, chunks of the settings.

    The settings are those of all losses, or where most images would be missing, as in a fraction,
    those of the loss.
    """
    losses = cells["fidelity"].unique().tolist()
    settings = _settings(cells)
    games = len(cells.drop_duplicates(["fidelity", "discriminator", "adversarial_weight"]))
    if games >= len(losses) * len(settings) / 2:
        return list(product(_chunks(settings), losses))
    settings_of = {loss: _settings(cells[cells["fidelity"] == loss]) for loss in losses}
    return [(chunk, loss) for loss in losses for chunk in _chunks(settings_of[loss])]


def _chunks(settings: list[tuple[str, float]]) -> list[list[tuple[str, float]]]:
    return [settings[start : start + _ACROSS] for start in range(0, len(settings), _ACROSS)]


def _titled(index: int, lines: list[_Line]) -> bool:
    """Whether a line names its settings, because the line above has others."""
    return index == 0 or lines[index][0] != lines[index - 1][0]


def _settings(cells: pd.DataFrame) -> list[tuple[str, float]]:
    """The columns of the strip: no adversary, then each discriminator by weight."""
    order = {name: index for index, name in enumerate(cells["discriminator"].unique())}
    settings = set(zip(cells["discriminator"], cells["adversarial_weight"], strict=True))
    return sorted(settings, key=lambda one: (one[0] != NO_DISCRIMINATOR, order[one[0]], one[1]))


def _block(
    figure: SubFigure,
    rows: pd.DataFrame,
    top: list[list[str]],
    lines: list[_Line],
    across: int,
) -> None:
    grid = figure.subplots(len(top) + len(lines), across, squeeze=False)
    metrics = list(rows.columns[len(_COLUMNS) :])
    for axes in grid.flat:
        axes.set_axis_off()
    by_name = rows["kind"].where(rows["kind"] != OUTSIDE, rows["run"].map(method_of))
    for line, names in zip(grid, top, strict=False):
        for axes, name in zip(line, names, strict=False):
            _image(axes, rows[by_name == name], metrics)
            axes.set_title(name, fontsize=8.5, loc="center", pad=3)
    cells = rows.set_index(["fidelity", "discriminator", "adversarial_weight"]).sort_index()
    for index, (line, (settings, loss)) in enumerate(zip(grid[len(top) :], lines, strict=True)):
        for axes, (discriminator, weight) in zip(line, settings, strict=False):
            key = (loss, discriminator, weight)
            chosen = cells[(cells.index == key) & (cells["kind"] == "cell")]
            _image(axes, chosen, metrics)
            if _titled(index, lines):
                title = f"{discriminator}\n{parts.weight_label(weight)}"
                axes.set_title(title, fontsize=8, loc="center", pad=3)
        line[0].text(-0.06, 0.5, loss, rotation=90, ha="right", va="center", fontsize=8.5)


def _image(axes: Axes, rows: pd.DataFrame, metrics: list[str]) -> None:
    """Draw the crop with its metrics below, or a mark where the cell has none."""
    axes.set(xlim=(0, 1), ylim=(1, 0), aspect="equal")
    if rows.empty:  # a fractional grid has no such cell
        return
    row = rows.iloc[0]
    if row["status"] in ENDED_BADLY:
        style.diverged_box(axes, 0, 0, 1, 1)
    elif Path(row["file"]).is_file():
        with Image.open(row["file"]) as image:
            pixels = np.asarray(image.convert("RGB"))
        axes.imshow(pixels, extent=(0, 1, 1, 0), interpolation="nearest")
        values = [_short(row[metric]) for metric in metrics if np.isfinite(row[metric])]
        axes.text(0.5, 1.04, " / ".join(values), ha="center", va="top", fontsize=8)
    else:
        style.missing_box(axes, 0, 0, 1, 1)


def _short(value: float) -> str:
    return f"{value:.2f}" if abs(value) >= 10 else f"{value:.3f}"
