import json
from pathlib import Path

from asymmetry.figures import write
from asymmetry.figures.write import draw
from asymmetry.report.figures import command_of, figures
from tests.synthetic_tables import analysed_study, make_runs


def test_what_is_behind_a_figure(tmp_path: Path):
    runs = make_runs()
    cells = dict(runs.loc[runs["kind"] == "cell", ["run", "status"]].to_numpy().tolist())
    (tmp_path / "figures").mkdir()
    record = {"name": "crops", "title": "Crops", "cells": cells}
    (tmp_path / "figures/crops.json").write_text(json.dumps(record))
    (tmp_path / "figures/crops.csv").touch()
    (figure,) = figures(tmp_path, runs)
    assert figure["title"] == "Crops"
    assert dict(figure["counts"]) == {"done": 19, "diverged": 1, "missing": 1}
    assert {state: len(own) for state, own in figure["unfinished"].items()} == {
        "diverged": 1,
        "missing": 1,
    }
    assert figure["device_seconds"] == "342 s on cpu"  # 19 cells, 18 s each
    # Of a published study, not all files of a figure are there.
    assert figure["files"] == {"csv": "figures/crops.csv", "json": "figures/crops.json"}


def test_another_study_needs_its_file():
    assert command_of("index.html", "results") == (
        "snakemake --cores all --force results/index.html"
    )
    assert command_of("index.html", "mine").endswith("mine/index.html --configfile STUDY.yaml")


def test_drawings_leave_off_where_the_page_would_be_too_large(tmp_path, monkeypatch):
    study, tables = analysed_study(tmp_path)
    monkeypatch.setattr(write, "_saved", _svg_alone)
    draw(study, ["heat_map", "weight_curves"], tmp_path)
    sizes = [len(one["drawing"].encode()) for one in figures(tmp_path, tables.runs)]
    monkeypatch.setattr("asymmetry.report.figures._MOST", sum(sizes) - 1)
    assert [one["drawing"] is None for one in figures(tmp_path, tables.runs)] == [False, True]


def _svg_alone(figure, kind, saved=write._saved):
    return saved(figure, kind) if kind == "svg" else b""
