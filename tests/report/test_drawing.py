import json
import re
from xml.etree import ElementTree

import pandas as pd
import pytest

from asymmetry.analysis.provenance import Provenance
from asymmetry.figures import write
from asymmetry.figures.registry import figure_names
from asymmetry.figures.write import write_figure
from asymmetry.report.drawing import drawing
from tests.synthetic_tables import analysed_study

SVG = "{http://www.w3.org/2000/svg}"
BEHIND = Provenance("c0ffee", {})


@pytest.fixture(autouse=True)
def svg_alone(monkeypatch):
    saved = write._saved
    monkeypatch.setattr(
        write, "_saved", lambda figure, kind: saved(figure, kind) if kind == "svg" else b""
    )


def drawn(folder, name, address=lambda row: None):
    study, tables = analysed_study(folder)
    write_figure(name, tables, study, folder, BEHIND)
    text = drawing(folder / name, "A <title>", address)
    return None if text is None else ElementTree.fromstring(str(text))


def marks(root):
    """Those that speak for their rows."""
    found = [one for one in root.iter() if one.get("class") == "mark"]
    told = [one for one in found if one.get("aria-label")]
    rows = [one.get("data-row") for one in told]
    assert len(rows) == len(set(rows))
    assert {one.get("data-row") for one in found} == set(rows)
    return told


@pytest.mark.parametrize("name", [name for name in figure_names() if name != "crops"])
def test_a_figure_has_marks_that_say_a_row_of_its_numbers(tmp_path, name):
    root = drawn(tmp_path, name)
    rows = pd.read_csv(tmp_path / f"{name}.csv")
    shown = {int(mark.get("data-row")) for mark in marks(root)}
    assert shown <= set(rows.index)
    # A figure may draw a part of its numbers, but never none of them.
    assert shown
    assert not [one for one in root.iter() if (one.get("id") or "").startswith(("row", "key"))]


def test_a_cell_of_the_map_opens_its_runs(tmp_path):
    root = drawn(tmp_path, "heat_map", lambda row: f"#{row['runs']}")
    rows = pd.read_csv(tmp_path / "heat_map.csv")
    assert {int(mark.get("data-row")) for mark in marks(root)} == set(rows.index)
    for mark in marks(root):
        row = rows.loc[int(mark.get("data-row"))]
        assert mark.tag == f"{SVG}a"
        assert mark.get("href") == f"#{row['runs']}"
        assert {row["fidelity"], row["discriminator"]} <= set(json.loads(mark.get("data-names")))
        said = f"{row['value']:.3f}".replace("-", "−") if row["status"] == "done" else row["status"]
        assert said in mark.get("aria-label")


def test_an_entry_of_a_legend_has_the_name_of_its_marks(tmp_path):
    root = drawn(tmp_path, "weight_curves")
    keys = {one.get("data-key") for one in root.iter() if one.get("class") == "key"}
    assert {"vgg-patch", "resnet-vanilla", "vit-patch", "none"} <= keys
    names = {name for mark in marks(root) for name in json.loads(mark.get("data-names"))}
    assert {"vgg-patch", "diverged", "λ = 0.01"} <= names


def test_ids_are_those_of_the_figure_and_references_lead_to_them(tmp_path):
    root = drawn(tmp_path, "heat_map")
    text = ElementTree.tostring(root, encoding="unicode")
    ids = re.findall(r'\bid="([^"]+)"', text)
    assert len(ids) == len(set(ids))
    assert all(one.startswith("heat_map-") for one in ids)
    references = re.findall(r'(?:xlink:href="#|url\(#)([^")]+)', text)
    assert references
    assert set(references) <= set(ids)


def test_each_point_of_a_group_has_its_own_row(tmp_path):
    root = drawn(tmp_path, "transfer")
    rows = pd.read_csv(tmp_path / "transfer.csv")
    points = [mark for mark in marks(root) if mark.find(f"{SVG}use") is not None]
    assert len(points) == len(rows["value"].dropna())
    assert len({mark.get("data-row") for mark in points}) == len(points)


@pytest.mark.parametrize("content", ["", "svg", "<svg xmlns='http://www.w3.org/2000/svg'/>"])
def test_without_marks_there_is_no_drawing(tmp_path, content):
    (tmp_path / "own.svg").write_text(content)
    (tmp_path / "own.csv").write_text("run\nx\n")
    assert drawing(tmp_path / "own", "Own", lambda row: None) is None
