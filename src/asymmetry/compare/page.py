"""The pages of a comparison: the table with the figures, and the synchronised images."""

from collections.abc import Sequence
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd

from asymmetry.compare.figures import Drawn
from asymmetry.compare.summary import FEW
from asymmetry.core.files import write_atomically
from asymmetry.metrics.contracts import METRICS
from asymmetry.report.comparison import Comparison, address, comparison
from asymmetry.report.maps import with_maps
from asymmetry.report.render import render
from asymmetry.report.words import records
from asymmetry.study import Evaluation
from asymmetry.tables.names import method_of, name_of
from asymmetry.tables.read import Tables
from asymmetry.tables.schemas import OK

_MOST = 6  # that the page of pictures shows at a time


def write_pages(
    evaluation: Evaluation,
    tables: Tables,
    scores: pd.DataFrame,
    ranked: pd.DataFrame,
    figures: Sequence[Drawn],
    scale: int,
    output: Path,
) -> Path:
    """Write `index.html`, `compare.html`, its data and maps to `output`; the path of the first."""
    scales = dict.fromkeys(tables.runs["task"], scale)
    compared = with_maps(comparison(evaluation, tables, output), scales, output)
    images = scores["image"].nunique()
    pages = {
        "index.html": render(
            "folders.html",
            methods=list(dict.fromkeys(scores["method"])),
            images=images,
            few=images < FEW,
            scale=scale,
            metrics=[_metric(name, ranked) for name in evaluation.metrics],
            lacking=_lacking(scores),
            figures=figures,
            compared=compared,
            opened=_opened(compared, ranked),
        ),
        "compare.html": render(
            "compare.html", compared=compared, home="Table and figures", unit="method"
        ),
        "compare-data.js": compared.script,
    }
    for name, text in pages.items():
        write_atomically(output / name, text.encode())
    return output / "index.html"


def _opened(compared: Comparison, ranked: pd.DataFrame) -> str:
    """The address of the first picture: its reference, and the best methods of the first metric."""
    if not compared.views:
        return ""
    reference, *methods = compared.cells
    names = {method_of(one["run"]): name_of(one["run"]) for one in methods}
    best = [names[name] for name in ranked["method"].iloc[: len(names)]]
    shown = [reference["run"], *best][:_MOST]
    return address(compared.views[0], reference["task"], shown, visible=2)


def _metric(name: str, ranked: pd.DataFrame) -> dict[str, Any]:
    """A metric of the table: its convention, and a row for each method, the best first."""
    contract = METRICS[name]
    rows = records(ranked[ranked["metric"] == name])
    for row in rows:
        row["is_best"] = row["method"] == row["best"]
        ends = row["low"], row["high"]
        row["apart"] = None not in ends and (ends[0] > 0 or ends[1] < 0)
    arrow = "↑" if contract.higher_is_better else "↓"
    return {"name": name, "arrow": arrow, "convention": contract.convention, "rows": rows}


def _lacking(scores: pd.DataFrame) -> list[dict[str, Any]]:
    """What could not be measured: a row for each method, metric and reason, with its images."""
    absent = scores[scores["status"] != OK]
    groups = absent.groupby(["method", "status"], sort=False)
    return [
        {
            "method": method,
            "status": status,
            "metrics": ", ".join(rows["metric"].unique()),
            "images": rows["image"].nunique(),
            "first": np.sort(rows["image"].unique())[0],
        }
        for (method, status), rows in groups
    ]
