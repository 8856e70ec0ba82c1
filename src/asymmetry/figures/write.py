"""The stage `figures`: each figure as SVG and PNG, with its numbers and what is behind them."""

import io
import json
from collections.abc import Collection, Iterable
from pathlib import Path
from types import ModuleType
from typing import Any

import pandas as pd
from matplotlib.figure import Figure
from threadpoolctl import threadpool_limits

from asymmetry.analysis.provenance import Provenance, provenance
from asymmetry.core.files import write_atomically
from asymmetry.figures.marks import number_ids
from asymmetry.figures.registry import FORMATS, load_figure, shows_images
from asymmetry.figures.style import rules
from asymmetry.study import Study
from asymmetry.tables.read import Tables, load_tables, of_set

_DRAWN_OF = " Drawn of the primary set, {}; the CSV has all."


def draw(study: Study, names: Iterable[str], results: Path) -> None:
    """Draw the named figures from the tables in `results` into `results/figures`.

    Raises UserError for an unknown name, and where a table is damaged or mixes conventions.
    """
    names = list(names)
    for name in names:
        load_figure(name)  # an unknown one is refused before anything is drawn
    tables, behind = load_tables(results), provenance(results)
    for name in names:
        write_figure(name, tables, study, results / "figures", behind)


def write_figure(
    name: str,
    tables: Tables,
    study: Study,
    folder: Path,
    provenance: Provenance,
    formats: Collection[str] = FORMATS,
) -> None:
    """Write NAME.svg, .png, .csv (the numbers plotted) and .json (cells, hashes, commit, caption).

    Where the study has a primary set, that alone is drawn. Equal tables, study and code give equal
    bytes.
    """
    figure = load_figure(name)
    with threadpool_limits(1):  # more would add in another order
        numbers = figure.numbers(tables, study).reset_index(drop=True)  # marks name rows of the CSV
    drawn = numbers if shows_images(name) else of_set(numbers, study.evaluation.primary)
    with rules():
        save(figure.draw(drawn, study), folder / name, formats)
    write_atomically(folder / f"{name}.csv", numbers.to_csv(index=False).encode())
    if "json" not in formats:
        return
    behind = {
        "name": name,
        "title": figure.TITLE,
        "caption": figure.caption(tables, study)
        + (_DRAWN_OF.format(study.evaluation.primary) if len(drawn) < len(numbers) else ""),
        "coverage": str(tables.coverage),
        "cells": {} if _is_simulated(figure) else _cells_behind(tables, numbers),
        "tables": provenance.tables,
        "commit": provenance.commit,
    }
    content = json.dumps(behind, indent=2, ensure_ascii=False) + "\n"
    write_atomically(folder / f"{name}.json", content.encode())


def save(drawn: Figure, stem: Path, formats: Collection[str] = FORMATS) -> None:
    """Save a figure as STEM.svg, STEM.png or both; under the `rules` that it was drawn under."""
    number_ids(drawn)
    drawn.draw_without_rendering()
    drawn.set_layout_engine("none")  # laid out once, so both formats look the same
    for axes in drawn.axes:
        # The solver of the layout orders its terms by their addresses in memory, so its last digits
        # vary, and with them the names of the clipping paths in an SVG.
        left, bottom, width, height = (round(one, 6) for one in axes.get_position().bounds)
        axes.set_position((left, bottom, width, height))
    for kind in {"svg", "png"}.intersection(formats):
        write_atomically(stem.with_name(f"{stem.name}.{kind}"), _saved(drawn, kind))


def _saved(figure: Figure, kind: str) -> bytes:
    content = io.BytesIO()
    # Without a date, equal figures are equal files.
    empty: dict[str, Any] = {"Date": None} if kind == "svg" else {"Software": None}
    figure.savefig(content, format=kind, metadata=empty)
    return content.getvalue()


def _is_simulated(figure: ModuleType) -> bool:
    return bool(getattr(figure, "SIMULATED", False))


def _cells_behind(tables: Tables, numbers: pd.DataFrame) -> dict[str, str]:
    """The status of each cell behind the numbers; of all cells where these name no run."""
    status = dict(tables.cells[["run", "status"]].to_numpy().tolist())
    for column in ("run", "runs"):
        if column in numbers:
            lists = numbers[column].dropna().astype(str).str.split()
            named = {run for names in lists for run in names}
            return {run: state for run, state in status.items() if run in named}
    return status
