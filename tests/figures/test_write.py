import json
from dataclasses import replace
from xml.etree import ElementTree

import pandas as pd
import pytest
from PIL import Image

from asymmetry.analysis.provenance import Provenance
from asymmetry.figures.registry import FORMATS, figure_names
from asymmetry.figures.write import draw, write_figure
from asymmetry.tables.read import load_tables
from tests.synthetic_tables import SET, make_runs, make_study, write_tables

BEHIND = Provenance("c0ffee", {"runs": "12ab"})


@pytest.mark.parametrize("name", figure_names())
def test_equal_inputs_give_equal_bytes(analysed, tmp_path, name):
    study, tables = analysed
    for folder in ("first", "second"):
        write_figure(name, tables, study, tmp_path / folder, BEHIND)
    for kind in FORMATS:
        first, second = (tmp_path / folder / f"{name}.{kind}" for folder in ("first", "second"))
        assert first.read_bytes() == second.read_bytes()
    assert ElementTree.parse(tmp_path / f"first/{name}.svg").getroot().tag.endswith("svg")
    with Image.open(tmp_path / f"first/{name}.png") as image:
        assert image.width >= 1200
    assert len(pd.read_csv(tmp_path / f"first/{name}.csv"))
    behind = json.loads((tmp_path / f"first/{name}.json").read_text())
    assert (behind["commit"], behind["tables"]) == ("c0ffee", {"runs": "12ab"})
    assert behind["coverage"] == "19 of 21 cells done, 1 diverged, 1 missing"
    assert behind["coverage"] in behind["caption"]


@pytest.mark.parametrize("name", figure_names())
def test_without_tables_a_figure_says_so(tmp_path, name):
    study = make_study(tmp_path)
    write_figure(name, load_tables(tmp_path), study, tmp_path, BEHIND)
    assert (tmp_path / f"{name}.svg").stat().st_size > 1000


@pytest.mark.parametrize("name", figure_names())
def test_a_grid_that_has_only_begun_is_drawn(tmp_path, name):
    runs = make_runs()
    runs.loc[runs["kind"] == "cell", "status"] = "missing"
    write_tables(tmp_path, runs=runs)
    draw(make_study(tmp_path), [name], tmp_path)
    assert (tmp_path / f"figures/{name}.png").is_file()


def test_cells_behind_a_figure_are_listed_with_their_status(analysed, tmp_path):
    study, tables = analysed
    write_figure("heat_map", tables, study, tmp_path, BEHIND)
    cells = json.loads((tmp_path / "heat_map.json").read_text())["cells"]
    assert len(cells) == 21
    assert sorted(cells.values())[:2] == ["diverged", "done"]


def test_of_several_sets_the_primary_one_is_drawn_and_the_csv_has_all(analysed, tmp_path):
    study, tables = analysed
    alone, two = tmp_path / "alone", tmp_path / "two"
    write_figure("heat_map", tables, study, alone, BEHIND)
    effect = pd.concat([tables.effect, tables.effect.assign(set="another")], ignore_index=True)
    evaluation = study.evaluation.model_copy(update={"primary": SET})
    study = study.model_copy(update={"evaluation": evaluation})
    write_figure("heat_map", replace(tables, effect=effect), study, two, BEHIND)
    assert (two / "heat_map.svg").read_bytes() == (alone / "heat_map.svg").read_bytes()
    rows = [len(pd.read_csv(folder / "heat_map.csv")) for folder in (alone, two)]
    assert rows[1] == 2 * rows[0]
    captions = [
        json.loads((folder / "heat_map.json").read_text())["caption"] for folder in (alone, two)
    ]
    assert captions[1].endswith(f" Drawn of the primary set, {SET}; the CSV has all.")
    assert "primary" not in captions[0]
