"""The data of the comparison page: pictures, cells and their metrics, in one small file."""

import json
from collections.abc import Iterable
from dataclasses import dataclass
from pathlib import Path
from typing import Any
from urllib.parse import urlencode

import numpy as np
import pandas as pd
from PIL import Image

from asymmetry.data.views import View, views
from asymmetry.metrics.contracts import JUDGES
from asymmetry.report.disagreement import Disagreement, disagreements
from asymmetry.report.words import records
from asymmetry.study import Evaluation
from asymmetry.tables.names import OUTSIDE, method_of, name_of
from asymmetry.tables.read import Tables
from asymmetry.tables.schemas import DONE, OK

_SHOWN = 10  # disagreements of each kind that the page lists
_REFERENCE = {"kind": "reference", "status": DONE}
_BASELINES = {"reference": "reference", "bicubic": "bicubic", "warm-start": "warm start"}
_OF_A_CELL = ("kind", "task", "generator", "fidelity", "discriminator", "adversarial_weight")


@dataclass(frozen=True)
class Comparison:
    """The views with pictures, the cells, and where the judges disagree most and least."""

    views: list[View]
    cells: list[dict[str, Any]]
    data: dict[str, Any]
    most: list[dict[str, Any]]
    least: list[dict[str, Any]]

    @property
    def script(self) -> str:
        """The data as a script: a page that is opened from a folder may not fetch files."""
        text = json.dumps(self.data, ensure_ascii=False, allow_nan=False, separators=(",", ":"))
        return f"window.COMPARISON = {text};\n"


def comparison(evaluation: Evaluation, tables: Tables, results: Path) -> Comparison:
    """Everything that can be compared of the pictures below `results`."""
    cells = _cells(tables.restorers)
    words = {cell["run"]: words_of(cell, cells) for cell in cells}
    listed = _views(evaluation, tables.scores)
    sizes = {
        task: _sizes(listed, task, results) for task in dict.fromkeys(c["task"] for c in cells)
    }
    shown = [view for view in listed if any(view.name in known for known in sizes.values())]
    metrics = _metrics(evaluation, tables.scores)
    photos = list(dict.fromkeys((view.set, view.image) for view in shown))
    data = {
        "views": [[v.name, label(v), photos.index((v.set, v.image))] for v in shown],
        "sizes": {task: [known.get(v.name) for v in shown] for task, known in sizes.items()},
        "cells": [_row(cell, words[cell["run"]]) for cell in cells],
        "absent": _absent(cells, shown, results),
        "metrics": [
            [name, int(JUDGES[name].higher_is_better), int(name in evaluation.judges)]
            for name in metrics
        ],
        "values": _values(tables.scores, metrics, [cell["run"] for cell in cells], photos),
        "maps": [],  # as `report.maps` draws them
        "colours": [],
    }
    centres = {(view.set, view.image): view for view in shown}  # a centre before a crop
    apart = [
        _link(one, centres[one.set, one.image], words[one.run])
        for one in disagreements(tables, evaluation.judges)
        if (one.set, one.image) in centres
    ]
    return Comparison(shown, cells, data, apart[:_SHOWN], apart[::-1][:_SHOWN])


def label(view: View) -> str:
    """A view in words."""
    if view.corner is None:
        return f"{view.image} ({view.set})"
    left, top = view.corner
    return f"{view.image} ({view.set}), {view.side} pixels from {left}, {top}"


def words_of(cell: dict[str, Any], cells: list[dict[str, Any]]) -> str:
    """A cell in words: its loss and adversary, and its generator and seed where cells differ.

    A baseline, or what was made elsewhere, by its name.
    """
    if cell["kind"] in _BASELINES:
        return _BASELINES[cell["kind"]]
    if cell["kind"] == OUTSIDE:
        return method_of(cell["run"])
    weight = cell["adversarial_weight"]
    parts = [cell["fidelity"]]
    parts += [f"{cell['discriminator']} × {weight:g}" if weight else "no adversary"]
    of_grid = [one for one in cells if one["kind"] == "cell"]
    if len({one["generator"] for one in of_grid}) > 1:
        parts.append(cell["generator"])
    if len({one["seed"] for one in of_grid}) > 1:
        parts.append(f"seed {cell['seed']:.0f}")  # a column with gaps holds floats
    return ", ".join(parts)


def address(view: View, task: str, names: Iterable[str], visible: int) -> str:
    """The fragment that opens these cells of a view; `visible` is the one that is shown first."""
    fixed = [("task", task), ("view", view.name), *(("cell", name) for name in names)]
    return "#" + urlencode([*fixed, ("show", visible)])


def _cells(runs: pd.DataFrame) -> list[dict[str, Any]]:
    """The references, the baselines, what was made elsewhere and the cells, in that order."""
    rows = records(runs)
    tasks = dict.fromkeys(str(row["task"]) for row in rows)
    references = [_REFERENCE | {"run": f"{task}/reference", "task": task} for task in tasks]
    order = {"bicubic": 0, "warm-start": 1, OUTSIDE: 2}
    return references + sorted(rows, key=lambda row: order.get(row["kind"], 3))


def _row(cell: dict[str, Any], words: str) -> list[Any]:
    name = name_of(cell["run"])
    weight = cell.get("adversarial_weight")
    return [
        *(name, cell["run"].removeprefix(name), cell["status"], words),
        *(cell.get(key) for key in _OF_A_CELL[:-1]),
        None if weight is None else float(weight),
        None if cell.get("seed") is None else int(cell["seed"]),
    ]


def _views(evaluation: Evaluation, scores: pd.DataFrame) -> list[View]:
    images = {
        str(name): rows["image"].unique().tolist()
        for name, rows in scores.groupby("set", sort=False)
    }
    return views(evaluation, images)


def _sizes(listed: list[View], task: str, results: Path) -> dict[str, list[int]]:
    """Width and height of the reference of each view that was kept, by the view's name."""
    found = {}
    for view in listed:
        path = view.path(results, f"{task}/reference")
        if path.is_file():
            with Image.open(path) as image:
                found[view.name] = list(image.size)
    return found


def _absent(cells: list[dict[str, Any]], shown: list[View], results: Path) -> dict[str, list[int]]:
    """For each done cell, by its index, the indices of the views that it has no picture of."""
    found = {}
    for index, cell in enumerate(cells):
        lacking = [
            view_index
            for view_index, view in enumerate(shown)
            if cell["status"] == DONE and not view.path(results, cell["run"]).is_file()
        ]
        if lacking:
            found[str(index)] = lacking
    return found


def _metrics(evaluation: Evaluation, scores: pd.DataFrame) -> list[str]:
    """The judges, then the other metrics, of those that have numbers."""
    measured = set(scores.loc[scores["status"] == OK, "metric"])
    names = dict.fromkeys([*evaluation.judges, *evaluation.all_metrics])
    return [name for name in names if name in measured]


def _values(
    scores: pd.DataFrame, metrics: list[str], runs: list[str], photos: list[tuple[str, str]]
) -> list[list[float | None]]:
    """For each metric, the values of all cells and photos: of four digits, None without one."""
    known = scores[scores["status"] == OK]
    wide = known.pivot_table(index=["metric", "run"], columns=["set", "image"], values="value")
    found = []
    for metric in metrics:
        rows = pd.MultiIndex.from_product([[metric], runs])
        columns = pd.MultiIndex.from_tuples(photos) if photos else wide.columns[:0]
        table = wide.reindex(index=rows, columns=columns).to_numpy(dtype=np.float64)
        found.append([float(f"{v:.4g}") if np.isfinite(v) else None for v in table.ravel()])
    return found


def _link(one: Disagreement, view: View, words: str) -> dict[str, Any]:
    """A disagreement in words, with the address that shows it beside the reference."""
    names = [f"{one.task}/reference", name_of(one.run)]
    return {
        "view": label(view),
        "cell": words,
        "least": one.least,
        "most": one.most,
        "spread": one.spread,
        "address": address(view, one.task, names, 2),
    }
